import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@bulk/core/testing';
import { KEEPS_NOTHING, sendToRedis, startRedis } from '../../scripts/lib/test-redis.mjs';

type Running = Awaited<ReturnType<typeof startRedis>>;

export interface RedisGroup {
  /** REDIS_URL of the group. */
  readonly url: string;
  readonly members: RedisMember[];
  readonly stop: () => Promise<void>;
}

/** One server of a group. It keeps its place in the group when it starts again, and none of its data. */
export interface RedisMember {
  readonly port: number;
  readonly send: (command: string) => Promise<string>;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** Slots of a Cluster (its specification, "Key distribution model"). */
const SLOTS = 16_384;
const NODE_TIMEOUT_MS = 1_000;

/** Starts a Cluster of three masters, of which none has a replica. */
export async function startCluster(): Promise<RedisGroup> {
  const { dir, remove } = await temporaryDir();
  const settings = [
    ...KEEPS_NOTHING,
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', String(NODE_TIMEOUT_MS)],
  ];
  const members = await Promise.all(['a', 'b', 'c'].map((name) => startMember(join(dir, name), settings)));
  const share = Math.ceil(SLOTS / members.length);
  for (const [index, { send }] of members.entries()) {
    const last = Math.min(SLOTS, (index + 1) * share) - 1;
    await send(`CLUSTER ADDSLOTSRANGE ${index * share} ${last}`);
    await send(`CLUSTER MEET 127.0.0.1 ${members[0]?.port}`);
  }
  for (const { send } of members)
    await waitFor(async () => (await send('CLUSTER INFO')).includes('cluster_state:ok'));
  return {
    url: `redis+cluster://${members.map(({ port }) => `127.0.0.1:${port}`).join()}`,
    members,
    stop: () => stopAll(members, remove),
  };
}

/** Starts a master, a replica, and a Sentinel that promotes the replica when the master is gone for half a second. */
export async function startSentinelGroup(): Promise<RedisGroup> {
  const { dir, remove } = await temporaryDir();
  const master = await startMember(join(dir, 'master'), KEEPS_NOTHING);
  const replica = await startMember(join(dir, 'replica'), [
    ...KEEPS_NOTHING,
    ...['--replicaof', `127.0.0.1 ${master.port}`],
  ]);
  await waitFor(async () => (await replica.send('INFO replication')).includes('master_link_status:up'));
  const configFile = join(dir, 'sentinel.conf');
  await writeFile(
    configFile,
    [
      `sentinel monitor mymaster 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds mymaster 500',
      'sentinel failover-timeout mymaster 3000',
    ].join('\n'),
  );
  const sentinel = await startMember(join(dir, 'sentinel'), ['--sentinel'], configFile);
  await waitFor(async () =>
    (await sentinel.send('SENTINEL REPLICAS mymaster')).includes(String(replica.port)),
  );
  return {
    url: `redis+sentinel://127.0.0.1:${sentinel.port}/mymaster`,
    members: [master, replica],
    stop: () => stopAll([sentinel, master, replica], remove),
  };
}

async function startMember(dir: string, settings: string[], configFile?: string): Promise<RedisMember> {
  await mkdir(dir);
  const options = { dir, settings, ...(configFile !== undefined && { configFile }) };
  let running: Running | null = await startRedis(options);
  const { port } = running;
  return {
    port,
    send: (command) => sendToRedis(port, command),
    async kill() {
      await running?.stop();
      running = null;
    },
    async start() {
      running ??= await startRedis({ ...options, port });
    },
  };
}

async function temporaryDir(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'bulk-redis-group-'));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

async function stopAll(members: RedisMember[], remove: () => Promise<void>): Promise<void> {
  await Promise.all(members.map((member) => member.kill()));
  await remove();
}
