import { inTurn, timed } from '../measure.ts';
import { atMost, compared, type Family, type Row } from '../row.ts';
import type { ServiceClient } from '../service-client.ts';
import { newWork } from '../work.ts';

const MENTORS = 10_000;
const MANY = 200;

/** What a registration costs that was retried often: as much as one that was retried once. */
export const retries: Family = {
  name: 'retries',
  async measure(world) {
    const { client } = await world.install();
    const once = await halfFailed(client);
    const often = await halfFailed(client);
    await retry(client, once);
    for (let done = 0; done < MANY; done += 1) await retry(client, often);

    const calls = {
      GET: (id: string) => getOk(client, `/${id}`),
      'a page': (id: string) => getOk(client, `/${id}/results?after=${afterPosition(9_000)}`),
      'a file': (id: string) => getOk(client, `/${id}/results?format=ndjson`),
      'a retry until it is done': (id: string) => retry(client, id),
    };
    const rows: Row[] = [];
    for (const [what, call] of Object.entries(calls)) {
      const { ours, theirs } = await inTurn(
        { ours: () => timed(() => call(often)), theirs: () => timed(() => call(once)) },
        { rounds: 9, warmUps: 2 },
      );
      rows.push(
        compared(`${what}, after ${MANY} retries of 5,000`, 'ms', ours, 'after one', theirs, atMost(1.5)),
      );
    }
    return rows;
  },
};

/** Every second mentor has the activity already. */
async function halfFailed(client: ServiceClient): Promise<string> {
  const work = newWork(MENTORS);
  const mentor_ids = work.mentor_ids.filter((_, index) => index % 2 === 0);
  const { id: earlier } = await client.submit(JSON.stringify({ ...work, mentor_ids }));
  await client.finished(earlier);
  const { id } = await client.submit(JSON.stringify(work));
  await client.finished(id);
  return id;
}

async function retry(client: ServiceClient, id: string): Promise<void> {
  await client.retryFailed(id);
  await client.finished(id);
}

async function getOk(client: ServiceClient, path: string): Promise<void> {
  const { status, body } = await client.get(path);
  if (status !== 200) throw new Error(`GET ${path} was answered with ${status}: ${body}`);
}

function afterPosition(position: number): string {
  return Buffer.from(`position ${position}`).toString('base64url');
}
