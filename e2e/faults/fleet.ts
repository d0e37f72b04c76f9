import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withDeadline } from '@bulk/core';
import { waitFor } from '@bulk/core/testing';
import { type ServiceProcess, startProcess } from '../processes.ts';

export const WORKERS = ['worker-1', 'worker-2'] as const;
export const MEMBERS = ['api', ...WORKERS] as const;
export type MemberName = (typeof MEMBERS)[number];

interface Member {
  readonly name: MemberName;
  readonly env: Record<string, string>;
  /** Until it is started by hand again. */
  extraEnv: Record<string, string>;
  /** The folder of another release; null: ours. */
  release: string | null;
  process: ServiceProcess | null;
  /** We have ended it. */
  isExpectedToEnd: boolean;
  isWanted: boolean;
  starting: Promise<void> | null;
}

const RESTART_MS = 200;
const SETTLE_MS = 30_000;

/**
 * The service's processes under a supervisor that restarts whatever ends, as an operator's would.
 * A process that ends by itself breaks a promise.
 */
export class Fleet {
  readonly broken: string[] = [];
  /** When a process that was killed had last ended (`performance.now`). */
  lastKillAt = Number.NEGATIVE_INFINITY;
  readonly #members = new Map<MemberName, Member>();
  readonly #dir: string;

  constructor(dir: string, envOf: (name: MemberName) => Record<string, string>) {
    this.#dir = dir;
    for (const name of MEMBERS) {
      const state = { process: null, isExpectedToEnd: false, isWanted: false, starting: null };
      this.#members.set(name, { name, env: envOf(name), extraEnv: {}, release: null, ...state });
    }
  }

  async startAll(): Promise<void> {
    await Promise.all(MEMBERS.map((name) => this.start(name)));
  }

  /** @param release the folder of another release; null: ours */
  async start(
    name: MemberName,
    extraEnv: Record<string, string> = {},
    release: string | null = null,
  ): Promise<void> {
    const member = this.#get(name);
    member.isWanted = true;
    member.extraEnv = extraEnv;
    member.release = release;
    if (member.process === null) this.#launch(member);
    await member.starting;
  }

  /** Ends it with kill -9 or another signal; the supervisor restarts it. Its connections need no more bytes. */
  kill(name: MemberName, signal: NodeJS.Signals = 'SIGKILL'): 'cut' {
    const member = this.#get(name);
    member.isExpectedToEnd = true;
    void member.process?.stop(signal).then(() => {
      this.lastKillAt = performance.now();
    });
    return 'cut';
  }

  /** Freezes it or lets it go on; its connections stay. */
  signal(name: MemberName, signal: 'SIGSTOP' | 'SIGCONT'): 'pass' {
    this.#get(name).process?.kill(signal);
    return 'pass';
  }

  /** SIGTERM, and no restart. A process must end with 0 within `withinMs`, whatever else is broken. */
  async stop(name: MemberName, withinMs: number): Promise<number> {
    const member = this.#get(name);
    member.isWanted = false;
    await member.starting;
    const { process } = member;
    if (process === null) return 0;
    member.isExpectedToEnd = true;
    const startedAt = performance.now();
    const end = await withDeadline(process.stop(), withinMs, `the graceful end of ${name}`).catch(
      (error: Error) => error,
    );
    if (end instanceof Error) {
      this.broken.push(end.message);
      await process.stop('SIGKILL');
    } else if (end !== 0) {
      this.broken.push(`${name} was told to stop and ended with ${end}, not with 0`);
    }
    return performance.now() - startedAt;
  }

  async stopAll(withinMs: number): Promise<void> {
    await Promise.all(MEMBERS.map((name) => this.stop(name, withinMs)));
  }

  /** For the last moment of our process: kills all, frozen ones too. */
  abandon(): void {
    for (const member of this.#members.values()) {
      member.isWanted = false;
      member.isExpectedToEnd = true;
      member.process?.kill('SIGKILL');
    }
  }

  /** Resolves when what was killed runs again. */
  async settled(): Promise<void> {
    for (const member of this.#members.values()) {
      const isSettled = () => !member.isWanted || (member.process !== null && !member.isExpectedToEnd);
      await waitFor(isSettled, { timeoutMs: SETTLE_MS }).catch(() => {});
    }
  }

  #get(name: MemberName): Member {
    return this.#members.get(name)!;
  }

  #launch(member: Member): void {
    member.starting ??= this.#startProcess(member)
      .catch((error: Error) => void this.broken.push(`${member.name}: ${error.message}`))
      .finally(() => {
        member.starting = null;
      });
  }

  async #startProcess(member: Member): Promise<void> {
    const log = openSync(join(this.#dir, `${member.name}.log`), 'a');
    const program = member.name === 'api' ? 'api' : 'worker';
    try {
      const env = { ...member.env, ...member.extraEnv };
      member.process = await startProcess(program, env, {
        isBuilt: true,
        output: log,
        release: member.release,
      });
    } finally {
      closeSync(log);
    }
    member.isExpectedToEnd = false;
    void member.process.ended.then((end) => this.#afterEnd(member, end));
  }

  async #afterEnd(member: Member, end: number | NodeJS.Signals): Promise<void> {
    member.process = null;
    if (!member.isExpectedToEnd) this.broken.push(`${member.name} ended by itself with ${end}`);
    await delay(RESTART_MS);
    if (member.isWanted && member.process === null) this.#launch(member);
  }
}
