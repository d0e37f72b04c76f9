import { readFileSync, writeFileSync } from 'node:fs';

/** Of what the process holds now (Linux). */
export function residentMib(pid: number): number {
  return statusMib(pid, 'VmRSS');
}

/** Runs something, and tells the most that the process held meanwhile: the kernel keeps count. */
export async function peakMib(pid: number, run: () => Promise<unknown>): Promise<number> {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  await run();
  return statusMib(pid, 'VmHWM');
}

function statusMib(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1_024;
}
