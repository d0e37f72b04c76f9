import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addCancel } from './commands/cancel.ts';
import { addCompletion } from './commands/completion.ts';
import { addDelete } from './commands/delete.ts';
import { addDeliveries } from './commands/deliveries.ts';
import { addHistory } from './commands/history.ts';
import { addList } from './commands/list.ts';
import { addResults } from './commands/results.ts';
import { addRetry } from './commands/retry.ts';
import { addSearch } from './commands/search.ts';
import { addStatus } from './commands/status.ts';
import { addSubmit } from './commands/submit.ts';
import { addUndo } from './commands/undo.ts';
import { addVerify } from './commands/verify.ts';
import { addWatch } from './commands/watch.ts';
import type { GlobalOptions } from './context.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { Action, Registry } from './registry.ts';

export function createProgram(
  io: Io,
  perform: (options: GlobalOptions, action: Action) => Promise<void>,
): Command {
  const program = new Command('bulk')
    .description('Register one activity for many mentors, and see the result of each.')
    .version(readVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'Print the help of a command.')
    .option('--url <url>', 'address of the service; default: BULK_URL, or http://localhost:3000')
    .option('--key-file <file>', 'file with your API key; default: the key in BULK_API_KEY, or no key')
    .option('--json', 'print answers as JSON; bulk watch prints one document a line')
    .addHelpText('after', EXIT_CODES_HELP)
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) => `${command.name()} ${command.usage()}`,
      subcommandDescription: firstSentence,
    })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    })
    .showHelpAfterError('Run the command with --help to see its options.')
    .exitOverride();

  const registry: Registry = {
    program,
    perform: (action) => perform(program.opts<GlobalOptions>(), action),
  };
  addSubmit(registry);
  addStatus(registry);
  addList(registry);
  addSearch(registry);
  addWatch(registry);
  addRetry(registry);
  addUndo(registry);
  addCancel(registry);
  addDelete(registry);
  addResults(registry);
  addVerify(registry);
  addHistory(registry);
  addDeliveries(registry);
  addCompletion(registry);
  return program;
}

function readVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Describes a command in the list of commands; its own help has the whole description. */
function firstSentence(command: Command): string {
  return /^.*?\.(?= |$)/.exec(command.description())?.[0] ?? command.description();
}
