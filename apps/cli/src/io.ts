import type { Readable, Writable } from 'node:stream';

/** All that a run touches beside files and the service. */
export interface Io {
  stdin: Readable;
  /** Answers, and nothing else. */
  stdout: Screen;
  /** What is said to a person meanwhile. */
  stderr: Screen;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** As `process.stdout`, which has these two when it is a terminal. */
export type Screen = Writable & { isTTY?: boolean; columns?: number };

/** Texts from files and answers, made safe to show: a terminal obeys control characters. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, '\u{FFFD}');
}

const COLORS = { green: 32, yellow: 33, red: 31 } as const;

/** @param screen where it will be written to; only a terminal gets colours, and none when NO_COLOR is set */
export function colored(
  text: string,
  color: keyof typeof COLORS,
  screen: Screen,
  { env }: Pick<Io, 'env'>,
): string {
  if (screen.isTTY !== true || env.NO_COLOR) return text;
  return `\u001b[${COLORS[color]}m${text}\u001b[39m`;
}
