import { Argument, type Command, type Option } from 'commander';
import type { Registry } from '../registry.ts';

type Shell = 'bash' | 'zsh' | 'fish';
const SHELLS: Shell[] = ['bash', 'zsh', 'fish'];

export function addCompletion({ program }: Pick<Registry, 'program'>): void {
  program
    .command('completion')
    .description('Print a script that completes commands and options in your shell.')
    .addArgument(new Argument('<shell>', 'the shell that you use').choices(SHELLS))
    .addHelpText(
      'after',
      '\nIn this session: source <(bulk completion bash), or in fish: bulk completion fish | source',
    )
    .action((shell: Shell) => program.configureOutput().writeOut?.(scriptFor(shell, program)));
}

function scriptFor(shell: Shell, program: Command): string {
  if (shell === 'fish') return program.commands.map((each) => fishLines(each, program)).join('');
  const flags = (command: Command) => optionsOf(command, program).map(({ long }) => long);
  const cases = program.commands.map((each) => `    ${each.name()}) words='${flags(each).join(' ')}';;`);
  const first = [...program.commands.map((each) => each.name()), ...program.options.map(({ long }) => long)];
  const zsh = 'autoload -U +X compinit bashcompinit && compinit && bashcompinit\n';
  return `${shell === 'zsh' ? zsh : ''}_bulk() {
  local words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  [ "$COMP_CWORD" = 1 ] && words='${first.join(' ')}'
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _bulk bulk
`;
}

function fishLines(command: Command, program: Command): string {
  const name = `complete -c bulk -n __fish_use_subcommand -a ${command.name()} -d ${quote(command.description())}\n`;
  const when = `complete -c bulk -n '__fish_seen_subcommand_from ${command.name()}'`;
  const flags = optionsOf(command, program).map(({ long, description, required }) => {
    return `${when} -l ${long?.slice(2)}${required ? ' -r' : ''} -d ${quote(description)}\n`;
  });
  return name + flags.join('');
}

function optionsOf(command: Command, program: Command): Option[] {
  return [...command.options, ...program.options];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
