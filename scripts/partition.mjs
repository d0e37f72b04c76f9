// `npm run partition`: partitions the activities by month, in the database of the settings, or else in the one of `npm start`.

import { join } from 'node:path';
import { useEmbeddedDatabase } from './lib/embedded-database.mjs';

const root = join(import.meta.dirname, '..');
process.chdir(root);
useEmbeddedDatabase();
await import('../packages/core/dist/partition-main.js');
