import type { RedisOptions } from 'ioredis';

export interface RedisNode {
  host: string;
  port: number;
}

/** Where Redis is: one server, the master that Sentinel knows by a name, or the nodes of a Cluster. */
export type RedisAddress =
  | { kind: 'server'; url: string }
  | { kind: 'sentinel'; sentinels: RedisNode[]; name: string; options: RedisOptions }
  | { kind: 'cluster'; nodes: RedisNode[]; options: RedisOptions };

/** `redis+sentinel:` of redis+sentinel://user:password@host:26379,host:26379/mymaster/0?sentinelPassword=x */
const MANY_HOSTS = /^(rediss?)\+(sentinel|cluster):\/\/([^@/?#]*@)?([^@/?#]+)([^#]*)$/;

export const REDIS_ADDRESS_FORMS =
  'redis://host:6379, redis+sentinel://host:26379,host:26379/name or redis+cluster://host:6379,host:6379; rediss for TLS';

/**
 * Reads the address of Redis:
 *
 * - `redis://user:password@host:6379/0`: one server
 * - `redis+sentinel://user:password@host:26379,host:26379/mymaster/0?sentinelUsername=…&sentinelPassword=…`
 * - `redis+cluster://user:password@host:6379,host:6379`: some nodes of a Cluster
 *
 * Each may begin with `rediss` instead, for TLS. Null if it is none of these.
 */
export function parseRedisAddress(text: string): RedisAddress | null {
  const [, scheme, kind, credentials = '', hosts = '', rest = ''] = MANY_HOSTS.exec(text) ?? [];
  if (scheme === undefined) return isServer(text) ? { kind: 'server', url: text } : null;

  const urls = hosts.split(',').map((host) => parsed(`redis://${credentials}${host}${rest}`));
  const known = urls.filter((url) => url !== null && url.hostname !== '') as URL[];
  const [first] = known;
  if (first === undefined || known.length < urls.length) return null;
  const options: RedisOptions = {
    ...(first.username && { username: decodeURIComponent(first.username) }),
    ...(first.password && { password: decodeURIComponent(first.password) }),
    ...(scheme === 'rediss' && { tls: {} }),
  };
  return kind === 'cluster'
    ? { kind, nodes: known.map((url) => nodeOf(url, 6_379)), options }
    : sentinelAddress(first, known, options);
}

function isServer(text: string): boolean {
  return ['redis:', 'rediss:'].includes(parsed(text)?.protocol ?? '');
}

function sentinelAddress(
  { pathname, searchParams }: URL,
  urls: URL[],
  options: RedisOptions,
): RedisAddress | null {
  const [, name, db = '0', more] = pathname.split('/');
  if (!name || more !== undefined || !/^\d+$/.test(db)) return null;
  const sentinelUsername = searchParams.get('sentinelUsername');
  const sentinelPassword = searchParams.get('sentinelPassword');
  return {
    kind: 'sentinel',
    sentinels: urls.map((url) => nodeOf(url, 26_379)),
    name: decodeURIComponent(name),
    options: {
      ...options,
      db: Number(db),
      ...(options.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
      ...(sentinelUsername !== null && { sentinelUsername }),
      ...(sentinelPassword !== null && { sentinelPassword }),
    },
  };
}

/** The hosts of an address, without its password. */
export function redisHosts(text: string): string {
  const address = parseRedisAddress(text);
  if (address === null) return '';
  if (address.kind === 'server') return new URL(address.url).host;
  const nodes = address.kind === 'sentinel' ? address.sentinels : address.nodes;
  return nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
}

function nodeOf({ hostname, port }: URL, defaultPort: number): RedisNode {
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? defaultPort : Number(port) };
}

function parsed(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
