import type { Command } from 'commander';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';

/** What a command does when its options have been read. */
export type Action = (context: Context) => Promise<ExitCode>;

/** What the files in `commands` get: the program to add a command to, and a function that runs its action. */
export interface Registry {
  program: Command;
  perform: (action: Action) => Promise<void>;
}
