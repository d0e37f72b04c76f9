import { stat } from 'node:fs/promises';
import type { Finding } from './finding.ts';

const OLDEST_NODE = [20, 19] as const;

/** @param version as in `process.versions.node` */
export function nodeVersion(version: string): Finding[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return [];
  return [
    {
      severity: 'error',
      what: `This is Node ${version}.`,
      do: `Install Node ${OLDEST_NODE.join('.')} or newer.`,
    },
  ];
}

/** Whether other users of this machine can read the passwords in `.env`. */
export async function envFile(path = '.env'): Promise<Finding[]> {
  const mode = await stat(path).then(
    (stats) => stats.mode,
    () => 0,
  );
  const READABLE_BY_OTHERS = 0o004;
  if (process.platform === 'win32' || (mode & READABLE_BY_OTHERS) === 0) return [];
  return [
    {
      severity: 'warning',
      what: `Every user of this machine can read ${path}, and the passwords in it.`,
      do: `Run chmod 600 ${path}.`,
    },
  ];
}
