import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const HEARTBEAT_MS = 1_000;
const STALE_MS = 15_000;

/**
 * Runs `work` while nobody else holds the lock. A lock is a folder that its holder touches every
 * second: one whose holder is dead, or that nobody touched for long, is taken over.
 *
 * @param {string} lock path of the folder
 * @param {{ onWait: (pid: number) => void, work: () => Promise<void> }} options
 */
export async function withLock(lock, { onWait, work }) {
  await acquire(lock, onWait);
  const heartbeat = setInterval(() => touch(lock), HEARTBEAT_MS);
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}

async function acquire(lock, onWait) {
  mkdirSync(dirname(lock), { recursive: true });
  for (let tries = 0; !isTaken(lock); tries += 1) {
    if (tries === 1) onWait(holderOf(lock));
    if (isStale(lock)) remove(lock);
    else await delay(100);
  }
}

/** Whether we have it now: making a folder succeeds for one only. */
function isTaken(lock) {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  return true;
}

function isStale(lock) {
  try {
    return Date.now() - statSync(lock).mtimeMs > STALE_MS || isDead(holderOf(lock));
  } catch {
    return false; // released this moment
  }
}

/** NaN while the holder has not written it down yet. */
function holderOf(lock) {
  try {
    return Number.parseInt(readFileSync(join(lock, 'pid'), 'utf8'), 10);
  } catch {
    return Number.NaN;
  }
}

function isDead(pid) {
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Moved away first, so that of two who find it stale only one removes it. */
function remove(lock) {
  const grave = `${lock}.${process.pid}`;
  try {
    renameSync(lock, grave);
    rmSync(grave, { recursive: true, force: true });
  } catch {
    // Someone else was faster.
  }
}

function touch(lock) {
  const now = new Date();
  try {
    utimesSync(lock, now, now);
  } catch {
    // Taken over, after we slept for long. Nothing to be done about it now.
  }
}
