import { apiKeys } from './api-keys.ts';
import type { Check } from './check.ts';
import { connections } from './connections.ts';
import { freeDisk } from './disk.ts';
import { partitions } from './partitions.ts';
import { autovacuum, durability, postgresClock, postgresVersion, sequences } from './postgres-server.ts';
import { redisClock, redisKeys, redisMemory, redisPersistence, redisRole, redisVersion } from './redis.ts';
import { stuckRegistrations } from './registrations.ts';
import { replica } from './replica.ts';
import { corsOrigins, openAddress } from './settings.ts';
import { webhookAddress, webhookDeliveries } from './webhook.ts';

/** All checks but those of what they need, which come first. */
export const CHECKS: readonly Check[] = [
  { name: 'the address of the API', needs: [], run: openAddress },
  { name: 'CORS_ORIGINS', needs: [], run: corsOrigins },
  { name: 'WEBHOOK_URL', needs: [], run: webhookAddress },
  { name: 'the version of PostgreSQL', needs: ['postgres'], run: postgresVersion },
  { name: 'the clock of PostgreSQL', needs: ['postgres'], run: postgresClock },
  { name: 'the connections to PostgreSQL', needs: ['postgres'], run: connections },
  { name: 'the durability of PostgreSQL', needs: ['postgres'], run: durability },
  { name: 'autovacuum', needs: ['postgres'], run: autovacuum },
  { name: 'the disk of PostgreSQL', needs: ['postgres'], run: freeDisk },
  { name: 'the replica', needs: ['postgres'], run: replica },
  { name: 'the partitions of activities', needs: ['tables'], run: partitions },
  { name: 'the sequences', needs: ['tables'], run: sequences },
  { name: 'the keys of the API', needs: ['tables'], run: apiKeys },
  { name: 'the registrations', needs: ['tables', 'queue'], run: stuckRegistrations },
  { name: 'the deliveries of the webhook', needs: ['tables'], run: webhookDeliveries },
  { name: 'the version of Redis', needs: ['redis'], run: redisVersion },
  { name: 'the role of Redis', needs: ['redis'], run: redisRole },
  { name: 'the clock of Redis', needs: ['redis'], run: redisClock },
  { name: 'the memory of Redis', needs: ['redis'], run: redisMemory },
  { name: 'the append-only file of Redis', needs: ['redis'], run: redisPersistence },
  { name: 'the keys of the queue', needs: ['redis', 'tables'], run: redisKeys },
];
