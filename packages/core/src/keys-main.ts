import { parseArgs } from 'node:util';
import { type ApiKeyInfo, createApiKey, listApiKeys, revokeApiKey } from './access/api-keys.ts';
import { ROLES } from './access/caller.ts';
import { loadConfig, readEnvironment } from './config.ts';
import { createDatabase, type Database } from './database/client.ts';
import { createLogger } from './log.ts';

const USAGE = `npm run keys -- create NAME --role ${ROLES.join('|')} [--coordinators ID,ID] [--expires-in-days N]
npm run keys -- list
npm run keys -- revoke NAME`;

const DAY_MS = 86_400_000;

/** `npm run keys`: creates, lists and revokes the keys of the API. */
try {
  const config = loadConfig(readEnvironment());
  const db = createDatabase(config, createLogger(config, { name: 'keys' }));
  try {
    await run(db);
  } finally {
    await db.close();
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function run(db: Database): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      role: { type: 'string' },
      coordinators: { type: 'string' },
      'expires-in-days': { type: 'string' },
    },
  });
  const [command, name = ''] = positionals;
  if (command === 'list') {
    console.table((await listApiKeys(db)).map(toLine));
  } else if (command === 'revoke' && name !== '') {
    await revokeApiKey(db, name);
    console.log(`Revoked ${name}. API processes refuse it within 5 seconds.`);
  } else if (command === 'create' && name !== '') {
    const key = await createApiKey(db, {
      name,
      role: readRole(values.role),
      coordinatorIds: values.coordinators?.split(',').map((id) => id.trim()) ?? null,
      expiresAt: readExpiry(values['expires-in-days']),
    });
    console.error('Keep this key: it is shown only once.');
    console.log(key);
  } else {
    throw new Error(USAGE);
  }
}

function readRole(text: string | undefined) {
  const role = ROLES.find((each) => each === text);
  if (role === undefined) throw new Error(`--role must be one of ${ROLES.join(', ')}.\n\n${USAGE}`);
  return role;
}

function readExpiry(text: string | undefined): Date | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new Error('--expires-in-days must be a whole number from 1 to 99999.');
  return new Date(Date.now() + Number(text) * DAY_MS);
}

function toLine({ prefix, name, role, coordinatorIds, createdAt, expiresAt, revokedAt }: ApiKeyInfo) {
  return {
    key: `bulk_${prefix}_…`,
    name,
    role,
    coordinators: coordinatorIds?.join(', ') ?? 'all',
    created: createdAt.toISOString(),
    expires: expiresAt?.toISOString() ?? 'never',
    revoked: revokedAt?.toISOString() ?? 'no',
  };
}
