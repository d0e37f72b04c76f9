import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_A_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** What the processes of a PostgreSQL have used since each began: sessions of clients, and the server's own. */
export type ServerCpu = Map<number, { isBackground: boolean; ms: number }>;

/** CPU time of a process and its threads since it began, user and system, in milliseconds (Linux). */
export function cpuMs(pid: number): number {
  return readStat(pid)?.ms ?? 0;
}

/** Reads the CPU time of all processes of a PostgreSQL (Linux). */
export function readServerCpu(postmaster: number): ServerCpu {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found: ServerCpu = new Map();
  for (const pid of pids.map(Number)) {
    const stat = readStat(pid);
    if (stat?.parent === postmaster) found.set(pid, { isBackground: isBackground(pid), ms: stat.ms });
  }
  return found;
}

/** Milliseconds between two readings. What ended meanwhile is left out: a session ends after ten idle seconds. */
export function usedBetween(before: ServerCpu, after: ServerCpu): { clients: number; background: number } {
  const used = { clients: 0, background: 0 };
  for (const [pid, { isBackground: isOwn, ms }] of after) {
    used[isOwn ? 'background' : 'clients'] += ms - (before.get(pid)?.ms ?? 0);
  }
  return used;
}

/** @throws Error if there is no such process */
export function parentOf(pid: number): number {
  const stat = readStat(pid);
  if (stat === null) throw new Error(`There is no process ${pid}.`);
  return stat.parent;
}

function isBackground(pid: number): boolean {
  // A session names its client's address.
  return !/127\.0\.0\.1|\[local\]|::1/.test(readText(`/proc/${pid}/cmdline`) ?? '');
}

/** null: it has ended. */
function readStat(pid: number): { parent: number; ms: number } | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name, in parentheses, may have spaces; the field after it is the third.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0, user = 0, system = 0] = [4, 14, 15].map((field) => fields[field - 3]);
  return { parent, ms: ((user + system) * 1_000) / TICKS_A_SECOND };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
