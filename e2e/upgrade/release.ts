import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const HERE = fileURLToPath(new URL('../..', import.meta.url));

/** Another release, built in a folder of its own. */
export interface Release {
  readonly folder: string;
  /** Makes the tables of that release. */
  migrate(env: Record<string, string>): Promise<void>;
}

/**
 * Builds what a tag or commit of this repository was.
 *
 * @throws Error with the output of the command that failed
 */
export async function buildRelease(ref: string, folder: string): Promise<Release> {
  await mkdir(folder);
  const archive = `${folder}.tar`;
  await run('git', ['archive', '--format=tar', '--output', archive, ref], { cwd: HERE });
  await run('tar', ['--extract', '--file', archive], { cwd: folder });
  await run('node', ['scripts/bootstrap.mjs'], { cwd: folder });
  return {
    folder,
    async migrate(env) {
      const program = join(folder, 'packages/core/dist/migrate-main.js');
      await run('node', [program], { cwd: folder, env: { PATH: process.env.PATH, ...env } });
    },
  };
}
