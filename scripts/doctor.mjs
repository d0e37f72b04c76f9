// `npm run doctor`: examines the installation of the settings, or else that of `npm start`.

import { join } from 'node:path';
import { findEmbeddedDatabase } from './lib/embedded-database.mjs';

const root = join(import.meta.dirname, '..');
process.chdir(root);
findEmbeddedDatabase();
await import('../packages/core/dist/doctor-main.js');
