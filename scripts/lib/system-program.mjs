import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @param {string[]} names the best first
 * @returns {string | null} the path of the first that is there
 */
export function findProgram(names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin', '/usr/local/bin'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync) ?? null;
}

/**
 * With apt, where we are Debian's root, and without letting it start a system service.
 *
 * @param {{ program: string, package: string }} what
 * @returns {string | null} the program's path; null: it could not be installed
 */
export function installProgram({ program, package: name }) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  console.log(`No ${program} here: installing it with apt-get …`);
  const install = () => aptGet('install', '-y', '--no-install-recommends', name);
  if (!install() && aptGet('update')) install();
  return findProgram([program]);
}

function aptGet(...args) {
  try {
    execFileSync('apt-get', args, {
      // Neither systemd nor System V's init then starts the service of what is installed.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', SYSTEMD_OFFLINE: '1', RUNLEVEL: '1' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return true;
  } catch {
    return false;
  }
}
