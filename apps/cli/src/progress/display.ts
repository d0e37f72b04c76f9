import type { RegistrationState } from '@bulk/client';
import type { Context } from '../context.ts';
import { progressLine } from './progress-line.ts';

const CLEAR_TO_END = '\u001b[K';
const DEFAULT_WIDTH = 80;

export interface Display {
  show(state: RegistrationState): void;
  /** Shows a message that is not progress. */
  note(text: string): void;
  end(): void;
}

/** Creates the display: with --json a document for each state; in a terminal one line; otherwise a line for each change. */
export function createDisplay({ isJson, print, say, io }: Context): Display {
  if (isJson) return { show: (state) => print(JSON.stringify(state)), note: say, end: () => {} };
  return io.stderr.isTTY === true ? redrawnLine(io) : linePerChange(say);
}

function redrawnLine({ stderr }: Context['io']): Display {
  let hasLine = false;
  const draw = (text: string) => {
    stderr.write(`\r${text}${CLEAR_TO_END}`);
    hasLine = true;
  };
  return {
    // A line of the full width would wrap, and the next one would appear below it.
    show: (state) =>
      draw(progressLine(state, { width: (stderr.columns ?? DEFAULT_WIDTH) - 1, hasBar: true })),
    note(text) {
      draw(`${text}\n`);
      hasLine = false;
    },
    end() {
      if (hasLine) stderr.write('\n');
    },
  };
}

function linePerChange(say: Context['say']): Display {
  let shown = '';
  return {
    show(state) {
      // The rate changes all the time, so a new rate alone prints nothing.
      const { status, progress, transient_error, waiting_reason, waiting_ahead } = state;
      const news = JSON.stringify([
        status,
        progress.processed,
        transient_error,
        waiting_reason?.code,
        waiting_ahead,
      ]);
      if (news === shown) return;
      shown = news;
      say(progressLine(state, { width: Number.POSITIVE_INFINITY, hasBar: false }));
    },
    note: say,
    end: () => {},
  };
}
