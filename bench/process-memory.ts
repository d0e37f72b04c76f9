import { readFileSync, writeFileSync } from 'node:fs';

/** Memory that the process holds now (Linux). */
export function residentMib(pid: number): number {
  return statusMib(pid, 'VmRSS');
}

/** Runs something. Returns the most memory that the process held meanwhile, as the kernel counts it. */
export async function peakMib(pid: number, run: () => Promise<unknown>): Promise<number> {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  await run();
  return statusMib(pid, 'VmHWM');
}

function statusMib(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1_024;
}
