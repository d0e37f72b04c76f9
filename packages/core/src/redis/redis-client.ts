import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisAddress, REDIS_ADDRESS_FORMS, type RedisAddress } from './redis-address.ts';

/** A master that has become a replica refuses writes: connect again, which finds the new master, and send it again. */
const RECONNECT_AND_RESEND = 2;

/**
 * Opens Redis by its address: a server, the master of a Sentinel group, or a Cluster. It connects by itself,
 * unless `lazyConnect` is set.
 *
 * @param options of each connection
 * @throws Error when the address has no known form; `loadConfig` refuses it before
 */
export function createRedisClient(url: string, options: RedisOptions): Redis | Cluster {
  const address = parseRedisAddress(url);
  if (address === null) throw new Error(`The address of Redis must be like ${REDIS_ADDRESS_FORMS}.`);
  switch (address.kind) {
    case 'server':
      return new Redis(address.url, options);
    case 'sentinel':
      return new Redis(sentinelOptions(address, options));
    case 'cluster':
      return createCluster(address, options);
  }
}

function sentinelOptions(
  { sentinels, name, options: access }: RedisAddress & { kind: 'sentinel' },
  options: RedisOptions,
): RedisOptions {
  return {
    ...options,
    ...access,
    sentinels,
    name,
    ...(options.connectTimeout !== undefined && { sentinelCommandTimeout: options.connectTimeout }),
    ...(options.retryStrategy === null && { sentinelRetryStrategy: () => null }),
    reconnectOnError: ({ message }) => (message.startsWith('READONLY') ? RECONNECT_AND_RESEND : false),
  };
}

function createCluster(
  { nodes, options: access }: RedisAddress & { kind: 'cluster' },
  { lazyConnect = false, retryStrategy, ...options }: RedisOptions,
): Cluster {
  return new Cluster(nodes, {
    lazyConnect,
    redisOptions: { ...options, ...access },
    ...(retryStrategy !== undefined && { clusterRetryStrategy: retryStrategy }),
    // Connects to nodes by their names, to which TLS certificates are made out.
    dnsLookup: (host, callback) => callback(null, host),
  });
}
