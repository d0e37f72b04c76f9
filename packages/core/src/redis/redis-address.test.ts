import { expect, test } from 'vitest';
import { parseRedisAddress, redisHosts } from './redis-address.ts';

test.each([
  ['redis://redis.example.com:6380/1', { kind: 'server', url: 'redis://redis.example.com:6380/1' }],
  ['rediss://redis.example.com', { kind: 'server', url: 'rediss://redis.example.com' }],
  [
    'redis+sentinel://s1,s2:26380/mymaster',
    {
      kind: 'sentinel',
      sentinels: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 26_380 },
      ],
      name: 'mymaster',
      options: { db: 0 },
    },
  ],
  [
    'rediss+sentinel://ada:p%40ss@s1:1,s2:2/my%20master/3?sentinelUsername=sen&sentinelPassword=s%2Cecret',
    {
      kind: 'sentinel',
      sentinels: [
        { host: 's1', port: 1 },
        { host: 's2', port: 2 },
      ],
      name: 'my master',
      options: {
        username: 'ada',
        password: 'p@ss',
        tls: {},
        db: 3,
        enableTLSForSentinelMode: true,
        sentinelTLS: {},
        sentinelUsername: 'sen',
        sentinelPassword: 's,ecret',
      },
    },
  ],
  [
    'redis+cluster://:secret@[::1]:7001,c2',
    {
      kind: 'cluster',
      nodes: [
        { host: '::1', port: 7001 },
        { host: 'c2', port: 6379 },
      ],
      options: { password: 'secret' },
    },
  ],
])('%s', (text, address) => {
  expect(parseRedisAddress(text)).toEqual(address);
});

test.each([
  'http://redis',
  'redis',
  'redis+sentinel://s1,s2',
  'redis+sentinel://s1:port/mymaster',
  'redis+sentinel://s1,/mymaster',
  'redis+sentinel://s1/mymaster/one',
  'redis+sentinel://s1/mymaster/0/0',
  'redis+cluster://',
  'redis+cluster://c1,c2:99999',
  'redis+ring://c1',
])('%s is no address of Redis', (text) => {
  expect(parseRedisAddress(text)).toBeNull();
});

test('the hosts of an address are told without its password', () => {
  expect(redisHosts('redis://:secret@redis.example.com:6380/1')).toBe('redis.example.com:6380');
  expect(redisHosts('redis+sentinel://:secret@s1,s2/mymaster?sentinelPassword=x')).toBe('s1:26379, s2:26379');
});
