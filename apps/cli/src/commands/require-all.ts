import type { Command } from 'commander';

/**
 * Makes a hook that names everything that is missing in one error: the arguments, and these options. Commander itself
 * would name only the first one.
 *
 * @param names as in the options of the action, such as `activityType`
 */
export function requireAll(...names: string[]): (command: Command) => void {
  return (command) => {
    const missing = [
      ...(command.args.length === 0 ? [command.usage().split(' ').at(-1)] : []),
      ...command.options
        .filter((option) => names.includes(option.attributeName()))
        .filter((option) => command.getOptionValue(option.attributeName()) === undefined)
        .map((option) => option.flags),
    ];
    if (missing.length > 0) command.error(`error: missing: ${missing.join(', ')}`);
  };
}
