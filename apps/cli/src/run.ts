import { CommanderError } from 'commander';
import { createContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type Failure, failureOf } from './failures.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';

/**
 * Runs the command line once.
 *
 * @param args without `node` and the script
 * @returns the exit code, as `EXIT` lists them
 */
export async function run(args: string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(io, async (options, command) => {
    exitCode = await command(createContext(io, options));
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed its message. Exit code 0 means that it was the help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.refused;
    if (io.signal.aborted) return EXIT.interrupted;
    return report(failureOf(error), io, { isJson: program.opts<{ json?: true }>().json ?? false });
  }
}

function report({ lines, document, exitCode }: Failure, io: Io, { isJson }: { isJson: boolean }): ExitCode {
  for (const line of lines) io.stderr.write(`${line}\n`);
  if (isJson) io.stdout.write(`${JSON.stringify(document)}\n`);
  return exitCode;
}
