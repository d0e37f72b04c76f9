import type { Cluster, Redis } from 'ioredis';
import { queueKeys } from '../jobs/backend.ts';
import type { Context } from './check.ts';
import { clockFinding } from './clock.ts';
import type { Finding } from './finding.ts';

/** A check of Redis; without one there is nothing to find. */
const ofRedis =
  (check: (redis: Redis | Cluster, context: Context) => Promise<Finding[]>) =>
  async (context: Context): Promise<Finding[]> =>
    context.redis === null ? [] : check(context.redis, context);

const OLDEST = [6, 2] as const;

export const redisVersion = ofRedis(async (redis) => {
  const { redis_version: version = '' } = await infoOf(redis, 'server');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return [];
  return [
    {
      severity: 'error',
      what: `This is Redis ${version}.`,
      do: `Update it to ${OLDEST.join('.')} or newer.`,
    },
  ];
});

export const redisRole = ofRedis(async (redis) => {
  const { role } = await infoOf(redis, 'replication');
  if (role === 'master') return [];
  return [
    {
      severity: 'error',
      what: 'REDIS_URL leads to a replica, which takes no jobs.',
      do: 'Name the primary in REDIS_URL.',
    },
  ];
});

export const redisClock = ofRedis((redis, { now }) =>
  clockFinding('Redis', now, async () => {
    const [seconds, microseconds] = await redis.time();
    return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
  }),
);

const FULL = 0.9;

export const redisMemory = ofRedis(async (redis) => {
  const {
    maxmemory_policy: policy,
    maxmemory = '0',
    used_memory: used = '0',
  } = await infoOf(redis, 'memory');
  const findings: Finding[] = [];
  if (policy !== 'noeviction') {
    findings.push({
      severity: 'error',
      what: `Redis runs with maxmemory-policy ${policy}: when it is full, it throws jobs away.`,
      do: 'Set maxmemory-policy to noeviction.',
    });
  }
  const share = Number(maxmemory) === 0 ? 0 : Number(used) / Number(maxmemory);
  if (share >= FULL) {
    findings.push({
      severity: share >= 1 ? 'error' : 'warning',
      what: `Redis uses ${Math.round(share * 100)} % of its maxmemory; when it is full, it takes no jobs.`,
      do: 'Raise maxmemory, or find out what else is stored there.',
    });
  }
  return findings;
});

export const redisPersistence = ofRedis(async (redis) => {
  const { aof_enabled: isOn } = await infoOf(redis, 'persistence');
  if (isOn !== '1') {
    return [
      {
        severity: 'warning',
        what: 'Redis runs with appendonly no: a restart loses the queue, which the workers then make again.',
        do: 'Set appendonly to yes and appendfsync to everysec.',
      },
    ];
  }
  const pace = await appendfsync(redis);
  if (pace === null) {
    return [
      {
        severity: 'note',
        what: 'How often Redis writes its append-only file to disk is not known: it does not let us read its settings.',
        do: 'See that appendfsync is everysec or always.',
      },
    ];
  }
  if (pace === 'everysec' || pace === 'always') return [];
  return [
    {
      severity: 'warning',
      what: `Redis runs with appendfsync ${pace}: a power cut may lose half a minute of the queue.`,
      do: 'Set appendfsync to everysec.',
    },
  ];
});

/** null: the server does not tell. */
async function appendfsync(redis: Redis | Cluster): Promise<string | null> {
  const answer: unknown = await redis.config('GET', 'appendfsync').catch(() => null);
  const value: unknown = Array.isArray(answer) ? answer[1] : null;
  return typeof value === 'string' ? value : null;
}

/** Whether the queue is where the settings say: registrations without any key mean that it is not. */
export const redisKeys = ofRedis(async (redis, { config, db }) => {
  if ((await redis.exists(...queueKeys(config))) > 0) return [];
  if ((await db.prisma.bulkRegistration.findFirst({ select: { id: true } })) === null) return [];
  return [
    {
      severity: 'warning',
      what: `There are registrations, and Redis has no queue under {${config.queuePrefix}}.`,
      do: 'REDIS_URL and QUEUE_PREFIX must be those of the API and the workers. If Redis was emptied, nothing is lost: a worker makes the queue again.',
    },
  ];
});

async function infoOf(redis: Redis | Cluster, section: string): Promise<Record<string, string>> {
  const lines = (await redis.info(section)).split(/\r?\n/).filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}
