import { afterEach, beforeEach, expect, test } from 'vitest';
import { retryFailed } from '../attempts/retry-failed.ts';
import { parseRegistrationId } from '../registrations/ids.ts';
import {
  createTestDeps,
  findInconsistencies,
  mentors,
  readDetails,
  runChain,
  submit,
  type TestDeps,
} from '../testing/index.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ settings: { BATCH_SIZE: '100' } });
});
afterEach(async () => {
  expect(await findInconsistencies(deps)).toEqual([]);
  await deps.close();
});

async function registered(mentor_ids: string[], fields = {}) {
  const id = await submit(deps, { mentor_ids, ...fields });
  await runChain(deps, id);
  return id;
}

async function failures(id: string) {
  const { results } = await readDetails(deps, id, 'failed');
  return results.map((result) => [result.mentor_id, result.error?.code]);
}

test('one bad record fails alone, with its code', async () => {
  await deps.db.prisma
    .$executeRaw`alter table activities add constraint no_seventh check (mentor_id <> 'm-77')`;
  const id = await registered(mentors('m', 250));
  expect(await failures(id)).toEqual([['m-77', 'constraint_violated']]);
});

test('bad records all over a batch are found one by one, and no good one fails with them', async () => {
  await deps.db.prisma
    .$executeRaw`alter table activities add constraint no_fives check (mentor_id not like '%5')`;
  const id = await registered(mentors('m', 100));
  expect(await failures(id)).toEqual(
    mentors('m', 100)
      .filter((mentor) => mentor.endsWith('5'))
      .map((mentor) => [mentor, 'constraint_violated']),
  );
});

test('a batch of nothing but bad records fails, and only it', async () => {
  await deps.db.prisma
    .$executeRaw`alter table activities add constraint no_bad check (mentor_id not like 'bad%')`;
  const id = await registered([...mentors('bad', 100), ...mentors('good', 100)]);
  expect((await failures(id)).map(([mentor]) => mentor)).toEqual(mentors('bad', 100));
});

test('duplicates among bad records stay duplicates, and with override get one more', async () => {
  await registered(['b', 'c']);
  await deps.db.prisma.$executeRaw`alter table activities add constraint no_a check (mentor_id <> 'a')`;
  expect(await failures(await registered(['a', 'b', 'd']))).toEqual([
    ['a', 'constraint_violated'],
    ['b', 'duplicate'],
  ]);
  expect(await failures(await registered(['a', 'c', 'e'], { override_duplicates: true }))).toEqual([
    ['a', 'constraint_violated'],
  ]);
});

test('a rule that is checked at the end of the transaction is found as well', async () => {
  await deps.db.prisma.$executeRaw`create table known_mentors (mentor_id text primary key)`;
  await deps.db.prisma.$executeRaw`insert into known_mentors values ('a'), ('c')`;
  await deps.db.prisma.$executeRaw`
    alter table activities add foreign key (mentor_id) references known_mentors deferrable initially deferred`;
  expect(await failures(await registered(['a', 'b', 'c']))).toEqual([['b', 'constraint_violated']]);
});

test('a trigger that raises is a rejection', async () => {
  await deps.db.prisma.$executeRaw`
    create function refuse() returns trigger language plpgsql as
    $$ begin if new.mentor_id = 'b' then raise exception 'not this one'; end if; return new; end $$`;
  await deps.db.prisma
    .$executeRaw`create trigger refuse before insert on activities for each row execute function refuse()`;
  expect(await failures(await registered(['a', 'b', 'c']))).toEqual([['b', 'rejected']]);
});

test('a refused record succeeds on a retry once the rule is gone', async () => {
  await deps.db.prisma.$executeRaw`alter table activities add constraint no_a check (mentor_id <> 'a')`;
  const id = await registered(['a', 'b']);
  await deps.db.prisma.$executeRaw`alter table activities drop constraint no_a`;
  await retryFailed(deps, parseRegistrationId(id) ?? 0n, { action: 'retry_failed' });
  await runChain(deps, id);
  expect(await failures(id)).toEqual([]);
});
