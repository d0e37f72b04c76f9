import type { Cluster, Redis } from 'ioredis';
import type { Config } from '../config.ts';
import type { Database } from '../database/client.ts';
import type { Finding } from './finding.ts';

/** The installation that is examined. */
export interface Installation {
  config: Config;
  /** How many processes of each program run, or will. */
  processes: { api: number; workers: number };
  /** The clock of this machine, in milliseconds. */
  now: () => number;
}

/** What a check works with. */
export interface Context extends Installation {
  db: Database;
  /** null: the queue runs on PostgreSQL. */
  redis: Redis | Cluster | null;
}

/** What must be there, or a check is left out: somebody else says then that it is not. */
export type Need = 'postgres' | 'tables' | 'redis' | 'queue';

export interface Check {
  /** What it looks at, for the sentence that it could not. */
  name: string;
  needs: readonly Need[];
  run(context: Context): Finding[] | Promise<Finding[]>;
}
