import type { Readable, Writable } from 'node:stream';

/** Everything that a run uses, apart from files and the service. */
export interface Io {
  stdin: Readable & { isTTY?: boolean };
  /** Only answers. */
  stdout: Screen;
  /** Messages for people. */
  stderr: Screen;
  env: Readonly<Record<string, string | undefined>>;
  /** Ctrl-C aborts it. */
  signal: AbortSignal;
}

/** Like `process.stdout`, which has isTTY and columns if it is a terminal. */
export type Screen = Writable & { isTTY?: boolean; columns?: number };

/** Replaces control characters, which a terminal would obey, in text from files and answers. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, '\u{FFFD}');
}

const COLORS = { green: 32, yellow: 33, red: 31 } as const;

/** Colours text if the screen is a terminal and NO_COLOR is not set. */
export function colored(
  text: string,
  color: keyof typeof COLORS,
  screen: Screen,
  { env }: Pick<Io, 'env'>,
): string {
  if (screen.isTTY !== true || env.NO_COLOR) return text;
  return `\u001b[${COLORS[color]}m${text}\u001b[39m`;
}
