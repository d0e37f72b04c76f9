import { PassThrough, Readable } from 'node:stream';
import type { Screen } from '../../apps/cli/src/io.ts';
import { run } from '../../apps/cli/src/run.ts';

export interface BulkOptions {
  /** What standard input holds. */
  stdin?: string;
  env?: Record<string, string>;
  /** Whether it reads from and writes to a terminal, 80 characters wide. */
  isTerminal?: boolean;
  signal?: AbortSignal;
  /** Is told all that was written to standard error so far, whenever that grows. */
  onErr?: (err: string) => void;
}

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** The command line, in this process: what it answers, what it says, and how it ends. */
export async function bulk(args: string[], options: BulkOptions = {}): Promise<Ran> {
  const { stdin = '', env = {}, isTerminal = false, signal = new AbortController().signal } = options;
  const out = collect();
  const err = collect(options.onErr);
  const screen = (stream: PassThrough): Screen =>
    Object.assign(stream, isTerminal && { isTTY: true, columns: 80 });
  const code = await run(args, {
    stdin: Object.assign(Readable.from([stdin]), { isTTY: isTerminal }),
    stdout: screen(out.stream),
    stderr: screen(err.stream),
    env,
    signal,
  });
  return { code, out: out.text(), err: err.text() };
}

function collect(onGrowth: (text: string) => void = () => {}) {
  const stream = new PassThrough();
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    onGrowth(text);
  });
  return { stream, text: () => text };
}
