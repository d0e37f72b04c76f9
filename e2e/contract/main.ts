// `npm run test:contract -- URL`: the contract run against a running installation. BULK_API_KEY if it asks for keys.

import { runContract } from './contract-run.ts';

const [url] = process.argv.slice(2);
if (url === undefined || !URL.canParse(url)) {
  console.error('Say where the API is: npm run test:contract -- http://localhost:3000');
  process.exit(2);
}
const broken = await runContract(url.replace(/\/$/, ''), process.env.BULK_API_KEY);
for (const text of broken) console.log(`!!! ${text}`);
console.log(broken.length === 0 ? 'The API keeps its contract' : `${broken.length} answers are wrong`);
process.exitCode = broken.length === 0 ? 0 : 1;
