import { type Fault, type FaultContext, type Hits, ownMentors } from './fault.ts';
import type { RedisServer } from './redis-server.ts';
import { watchSubmits } from './submit-watch.ts';

/** Faults of Redis. It holds jobs only, so that no answer to a client may change. */
export const REDIS_FAULTS: readonly Fault[] = [
  { name: 'redis: FLUSHALL', only: 'redis', run: flushAll },
  fault('redis: restart, empty', async ({ pause }, redis) => {
    await redis.kill();
    await pause(1_500);
    await redis.start();
  }),
  fault('redis: CLIENT KILL', async ({ pause }, redis) => {
    for (let times = 0; times < 3; times += 1) {
      await redis.send('CLIENT KILL TYPE normal');
      await pause(300);
    }
  }),
  fault('redis: CLIENT PAUSE', between('CLIENT PAUSE 2000 ALL', 2_000, 'CLIENT UNPAUSE')),
  fault('redis: DEBUG SLEEP', async ({ pause }, redis) => {
    await redis.send('DEBUG SLEEP 1.5');
    await pause(100);
  }),
  fault('redis frozen', async ({ pause }, redis) => {
    redis.signal('SIGSTOP');
    await pause(3_500);
    redis.signal('SIGCONT');
  }),
  fault('redis full', between('CONFIG SET maxmemory 1mb', 3_000, 'CONFIG SET maxmemory 0')),
  fault('redis read-only', between('REPLICAOF 127.0.0.1 1', 2_500, 'REPLICAOF NO ONE')),
];

type Work = (context: FaultContext, redis: RedisServer) => Promise<void>;

function between(begin: string, ms: number, end: string): Work {
  return async ({ pause }, redis) => {
    await redis.send(begin);
    await pause(ms);
    await redis.send(end);
  };
}

function fault(name: string, work: Work): Fault {
  return {
    name,
    only: 'redis',
    async run(context): Promise<Hits> {
      const watch = watchSubmits(context.world, { mustBeAccepted: true });
      await work(context, context.world.redis!);
      return { times: 1, ...watch.answers() };
    },
  };
}

/** More than run at once, so that jobs wait when they are flushed. */
const MANY = 10;

async function flushAll({ world, load, pause }: FaultContext): Promise<Hits> {
  const redis = world.redis!;
  const waiting = `LLEN {${world.config.queuePrefix}}:bulk-registrations-rest:wait`;
  await Promise.all(Array.from({ length: MANY }, () => load.submit({ mentor_ids: ownMentors(3_000) })));
  const hits = { times: 0, 'jobs waiting': 0 };
  for (; hits.times < 3; hits.times += 1) {
    hits['jobs waiting'] += Number.parseInt((await redis.send(waiting)).slice(1), 10);
    await redis.send('FLUSHALL');
    await pause(150);
  }
  return hits;
}
