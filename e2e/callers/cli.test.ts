import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DryRunResponse, RegistrationDetails, ResultsResponse } from '@bulk/contract';
import { mentors, submit as storeRegistration, waitFor } from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSpreadsheet } from '../../packages/client/src/mentor-file/testing/make-spreadsheet.ts';
import { TcpProxy } from '../faults/tcp-proxy.ts';
import { type BulkOptions, bulk } from './bulk.ts';
import { httpTap } from './http-tap.ts';
import { type InProcessService, startInProcess } from './in-process-service.ts';

let service: InProcessService;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bulk-cli-'));
  service = await startInProcess();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await service.close();
});

/** Runs it against the service. */
const run = (args: string[], options: BulkOptions = {}) =>
  bulk(args, { ...options, env: { BULK_URL: service.url, ...options.env } });

function file(name: string, lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** The options of an activity; each date has its own mentors. */
const activity = (date: string) => [
  '--coordinator',
  'coord-1',
  '--activity-type',
  'workshop',
  '--date',
  date,
  '--duration',
  '60',
];

/** Sends it and does the work, as far as it goes. */
async function submitted(date: string, ids: string[]): Promise<string> {
  const { out } = await run(['submit', '-', ...activity(date)], { stdin: ids.join('\n') });
  return out.trim();
}
async function finished(date: string, ids: string[]): Promise<string> {
  const id = await submitted(date, ids);
  await service.work(id);
  return id;
}

const registrations = () => service.deps.db.prisma.bulkRegistration.count();
const detailsOf = async (id: string) =>
  JSON.parse((await run(['status', id, '--json'])).out) as RegistrationDetails;

test('submit prints the id and nothing else on standard output', async () => {
  const path = file('people.csv', ['name,mentor_id', 'Anna,m-1', 'Bob,m-2', 'Anna,m-1', 'Cy,']);
  const { code, out, err } = await run(['submit', path, ...activity('2031-01-01'), '--notes', 'Kick-off']);
  expect(code).toBe(0);
  expect(out).toMatch(/^bulk-\d+\n$/);
  expect(err).toBe(
    `2 mentors, 1 repeated left out (${path}:4), 1 without an ID left out\nAccepted. To follow it: bulk watch ${out}`,
  );
  expect(await detailsOf(out.trim())).toMatchObject({
    coordinator_id: 'coord-1',
    progress: { pending: 2 },
    activity_type: 'workshop',
    activity_date: '2031-01-01',
    duration_minutes: 60,
    notes: 'Kick-off',
    override_duplicates: false,
  });
});

test('several files and standard input become one registration', async () => {
  const paths = [file('a.txt', ['m-1', 'm-2']), '-', file('b.csv', ['id;x', 'm-2;1', 'm-4;1'])];
  const { out, err } = await run(['submit', ...paths, ...activity('2031-01-02'), '--json'], {
    stdin: 'm-3\n',
  });
  expect(JSON.parse(out)).toMatchObject({ mentor_ids: ['m-1', 'm-2', 'm-3', 'm-4'], status: 'processing' });
  expect(err).toBe(`4 mentors, 1 repeated left out (${paths[2]}:2)\n`);
});

test('a dry run tells who would be a duplicate, writes nothing, and ends with 1 if anyone would', async () => {
  await finished('2031-01-03', ['m-1']);
  const before = await registrations();
  const dryRun = (stdin: string, ...more: string[]) =>
    run(['submit', '-', ...activity('2031-01-03'), '--dry-run', ...more], { stdin });
  const { code, out } = await dryRun('m-1\nm-2\nm-3');
  expect(code).toBe(1);
  expect(out).toMatch(
    /2 would get the activity\n {2}1 would fail as duplicates\nDuplicates:\n {2}m-1 {2}has pa-\d+, from bulk-\d+ of coord-1, 20\S+Z\nTo register only if nothing has changed, add: --plan [\w-]+\n$/,
  );
  expect((await dryRun('m-2')).code).toBe(0);
  const json = await dryRun('m-1', '--json', '--override-duplicates');
  expect([json.code, JSON.parse(json.out)]).toMatchObject([0, { success_count: 1, failure_count: 0 }]);
  expect(await registrations()).toBe(before);
});

test('a plan is applied while the duplicates are the same; else the mentors are named', async () => {
  await finished('2031-01-05', ['m-1', 'm-2']);
  const stdin = 'm-1\nm-2\nm-3';
  const args = ['submit', '-', ...activity('2031-01-05')];
  const { out } = await run([...args, '--dry-run', '--json'], { stdin });
  const { plan } = JSON.parse(out) as DryRunResponse;
  const applied = await run([...args, '--plan', plan, '--override-only', 'm-2'], { stdin });
  await service.work(applied.out.trim());
  expect(await detailsOf(applied.out.trim())).toMatchObject({ success_count: 2, failure_count: 1 });

  const outdated = await run([...args, '--plan', plan], { stdin });
  expect([outdated.code, outdated.out]).toEqual([3, '']);
  expect(outdated.err).toContain('mentor_ids/2 is "m-3"');
  expect(outdated.err).toContain('has become a duplicate');
});

test('the same key makes one registration', async () => {
  const args = ['submit', '-', ...activity('2031-01-04'), '--idempotency-key', 'k-1'];
  const first = await run(args, { stdin: 'm-1' });
  const second = await run(args, { stdin: 'm-1' });
  expect(second.out).toBe(first.out);
});

test('0: watched to its end, all succeeded', async () => {
  const id = await submitted('2031-02-01', mentors('m', 3));
  const watching = run(['watch', id]);
  await service.work(id);
  expect(await watching).toMatchObject({ code: 0, out: `${id} completed: 3 of 3 succeeded\n` });
});

test('1: watched to its end, some failed', async () => {
  await finished('2031-02-02', ['m-1']);
  const id = await finished('2031-02-02', ['m-1', 'm-2']);
  const { code, out, err } = await run(['watch', id]);
  expect([code, out]).toEqual([1, `${id} completed: 1 of 2 succeeded, 1 failed\n`]);
  expect(err).toContain(`bulk results ${id} --status failed`);
  expect((await run(['status', id])).code).toBe(1);
});

test('undo asks in a terminal, and does nothing unless the answer is yes', async () => {
  const id = await finished('2031-05-01', ['m-1', 'm-2']);
  const asked = await run(['undo', id], { isTerminal: true, stdin: 'no\n' });
  expect(asked.code).toBe(2);
  expect(asked.err).toBe(`Delete the activities of 2 mentors of ${id}? [y/N] Nothing was undone.\n`);
  expect((await run(['undo', id], { isTerminal: true, stdin: '' })).code).toBe(2);
  expect(await run(['undo', id])).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
  expect((await detailsOf(id)).status).toBe('completed');

  expect((await run(['undo', id], { isTerminal: true, stdin: 'y\n' })).code).toBe(0);
  await service.work(id);
  expect(await run(['status', id])).toMatchObject({
    code: 0,
    out: expect.stringContaining(`${id} undone: 2 of 2 undone\n`),
  });
});

test('undo --yes does not ask, and with --watch it says what was kept', async () => {
  const id = await finished('2031-05-02', ['m-1', 'm-2']);
  await service.deps.db.prisma.activity.updateMany({
    where: { activityDate: new Date('2031-05-02'), mentorId: 'm-1' },
    data: { durationMinutes: 1 },
  });
  const watching = run(['undo', id, '--yes', '--watch']);
  await waitFor(async () => (await detailsOf(id)).status === 'processing');
  await service.work(id);
  const { code, out, err } = await watching;
  expect([code, out]).toEqual([1, `${id} undone: 1 of 2 undone, 1 kept\n`]);
  expect(err).toContain(`bulk results ${id} --status kept`);
  expect((await run(['undo', id, '--yes'])).code).toBe(3);
});

test('1: cancelled', async () => {
  const id = await submitted('2031-02-03', ['m-1', 'm-2']);
  expect(await run(['cancel', id])).toMatchObject({
    code: 0,
    out: `Bulk registration job ${id} cancelled successfully\n`,
  });
  expect(await run(['watch', id])).toMatchObject({
    code: 1,
    out: `${id} cancelled: 0 of 2 succeeded, 2 cancelled\n`,
  });
});

test('retry runs the failed mentors again, those that are named only', async () => {
  await finished('2031-02-04', ['m-1', 'm-2', 'm-3']);
  const id = await finished('2031-02-04', ['m-1', 'm-2', 'm-3']);
  const retry = run(['retry', id, '--only', 'm-1, m-3', '--override-duplicates', '--watch']);
  await waitFor(async () => (await detailsOf(id)).retry_count === 1);
  await service.work(id);
  expect(await retry).toMatchObject({ code: 1, out: `${id} completed: 2 of 3 succeeded, 1 failed\n` });
  const plain = await run(['retry', id, '--json']);
  expect([plain.code, JSON.parse(plain.out)]).toMatchObject([
    0,
    { id, status: 'processing', retry_count: 2 },
  ]);
});

test.each([
  ['no command', [], 'Usage: bulk'],
  ['an unknown command', ['sumbit'], 'Did you mean submit?'],
  ['an unknown option', ['list', '--al'], "unknown option '--al'"],
  [
    'options left out',
    ['submit', '-', '--date', '2031-01-01'],
    'missing: --coordinator <id>, --activity-type <type>, --duration <minutes>',
  ],
  ['no file', ['submit', ...activity('2031-01-01')], 'missing: <files...>'],
  ['a file that is not there', ['submit', 'nowhere.csv', ...activity('2031-01-01')], 'there is no such file'],
  ['a number that is none', ['list', '--limit', 'ten'], 'It must be a whole number.'],
  ['a word that is not allowed', ['list', '--status', 'done'], 'Allowed choices are processing'],
  ['an address that is none', ['list', '--url', 'localhost:3000'], '--url must be an http or https address'],
])('2: %s', async (_, args, said) => {
  const { code, out, err } = await run(args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(said);
});

test('history tells what each attempt did', async () => {
  await finished('2026-05-17', mentors('m', 1));
  const id = await finished('2026-05-17', mentors('m', 3));
  await run(['retry', id, '--override-duplicates']);
  await service.work(id);
  const { code, out } = await run(['history', id]);
  expect(code).toBe(0);
  expect(out).toMatch(/^1\. register of 3 mentors, by anonymous\n {3}accepted 20\S+Z\n {3}started /);
  expect(out).toContain('   2 succeeded, 1 failed\n2. retry of 1 mentor, with override, by anonymous\n');
  expect(out).toMatch(/ {3}1 succeeded\n$/);
});

test('verify compares the counts, and exits with 1 when they differ', async () => {
  const id = await finished('2026-05-18', mentors('m', 3));
  expect(await run(['verify', id])).toMatchObject({
    code: 0,
    out: expect.stringMatching(new RegExp(`^${id}: all counts agree\n  mentors +3\n`)),
  });
  await service.deps.db.prisma.activity.deleteMany({
    where: { mentorId: 'm-2', activityDate: new Date('2026-05-18') },
  });
  const differing = await run(['verify', id]);
  expect(differing.code).toBe(1);
  expect(differing.out).toContain('activities                 2 counted, 3 recorded: they differ');
  const json = await run(['verify', id, '--json']);
  expect(JSON.parse(json.out)).toMatchObject({ id, agrees: false });
  expect((await run(['verify', 'bulk-999'])).code).toBe(3);
});

test('retry --code runs those who failed so, and an unknown code is named', async () => {
  await finished('2026-05-19', mentors('m', 2));
  const id = await finished('2026-05-19', mentors('m', 3));
  const unknown = await run(['retry', id, '--code', 'duplicate,nonsense']);
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain('error_codes/1 (--code): must be one of duplicate, invalid_value');
  expect((await run(['retry', id, '--code', 'rejected'])).code).toBe(3);
  expect((await run(['retry', id, '--code', 'rejected,duplicate', '--override-duplicates'])).code).toBe(0);
  await service.work(id);
  expect(await detailsOf(id)).toMatchObject({ success_count: 3, retry_count: 1 });
});

test('2: refused by validation, with the fields and their options named', async () => {
  const args = ['submit', '-', ...activity('2031-02-30'), '--duration', '0'];
  const { code, err } = await run(args, { stdin: 'm-1' });
  expect(code).toBe(2);
  expect(err).toMatch(/\n {2}activity_date \(--date\): /);
  expect(err).toMatch(/\n {2}duration_minutes \(--duration\): must be at least 1\n/);
  const json = await run([...args, '--json'], { stdin: 'm-1' });
  expect(JSON.parse(json.out)).toMatchObject({
    error: { status: 400, errors: [{}, { pointer: '#/duration_minutes' }] },
  });
});

test('2: invisible characters and overlong ids are refused with their lines, until they may be cleaned', async () => {
  const before = await registrations();
  const args = ['submit', '-', ...activity('2031-01-06'), '--json'];
  const stdin = `m-1\nm-\u200B2\n${'x'.repeat(65)}\n`;
  const { code, err } = await run(args.slice(0, -1), { stdin });
  expect(code).toBe(2);
  expect(err).toContain('\n  standard input:2: "m-[U+200B]2" has invisible characters\n');
  expect(err).toContain(`\n  standard input:3: "${'x'.repeat(65)}" is too long\n`);
  expect(await registrations()).toBe(before);
  const cleaned = await run([...args, '--clean'], { stdin });
  expect(JSON.parse(cleaned.out)).toMatchObject({ mentor_ids: ['m-1', 'm-2'] });
  expect(cleaned.err).toBe('2 mentors, 2 cleaned\n');
});

test('2: more mentors than one registration takes are counted and not sent', async () => {
  const before = await registrations();
  const { code, err } = await run(['submit', '-', ...activity('2031-01-01'), '--dry-run'], {
    stdin: mentors('m', 100_001).join('\n'),
  });
  expect(code).toBe(2);
  expect(err).toContain('at most 100,000 mentors, and these are 100,001. Nothing was sent. Split the file.');
  expect(await registrations()).toBe(before);
});

test.each([
  [
    'a table without a known heading, whose columns are shown',
    "Employee's no;Team\n17;A\n18;B\n",
    "with their first values:\n  1  Employee's no | 17 | 18\n  2  Team | A | B\n",
  ],
  ['its option', "Employee's no;Team\n17;A\n", "for example: --column 'Employee'\\''s no'\n"],
  ['a file without ids', '\n\n', 'There are no mentor IDs in -'],
  ['a broken spreadsheet', 'PK\u0003\u0004\0', "standard input can't be read as an Excel file (.xlsx)"],
  ['a file of a program', 'a\0b', 'standard input is not text: save a spreadsheet as CSV first'],
])('2: %s', async (_, stdin, said) => {
  const { code, err } = await run(['submit', '-', ...activity('2031-01-01')], { stdin });
  expect(code).toBe(2);
  expect(err).toContain(said);
});

test('2: a first line that may be a heading or a mentor, until it is said which', async () => {
  const submit = (stdin: string, ...more: string[]) =>
    run(['submit', '-', ...activity('2031-01-05'), ...more], { stdin });
  const { code, out, err } = await submit("Mentor's name\n17\n18\n");
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('standard input begins with "Mentor\'s name", which may be a heading or a mentor.\n');
  expect(err).toContain("If it is a heading, add: --column 'Mentor'\\''s name'\n");
  const ids = async (...more: string[]) =>
    (JSON.parse((await submit('Employee\nm-1', '--json', ...more)).out) as RegistrationDetails).mentor_ids;
  expect(await ids('--column', 'employee')).toEqual(['m-1']);
  expect(await ids('--no-heading')).toEqual(['Employee', 'm-1']);
});

test('a column is named by its heading or its number', async () => {
  const path = file('employees.csv', ['Employee,Team', '17,A', '18,B']);
  const ids = async (...more: string[]) =>
    (
      JSON.parse(
        (await run(['submit', path, ...activity('2031-01-07'), '--json', ...more])).out,
      ) as RegistrationDetails
    ).mentor_ids;
  expect(await ids('--column', 'employee')).toEqual(['17', '18']);
  expect(await ids('--column', '1', '--heading')).toEqual(['17', '18']);
  expect(await ids('--column', '2', '--no-heading')).toEqual(['Team', 'A', 'B']);
});

test('a spreadsheet is read, and of several sheets one has to be named', async () => {
  const path = join(folder, 'mentors.xlsx');
  const rows = [
    ['Name', 'Mentor ID'],
    ['Ada', 'm-1'],
    ['Alan', 17],
  ];
  writeFileSync(path, makeSpreadsheet({ Mentors: rows, Empty: [] }));
  const submit = (...more: string[]) => run(['submit', path, ...activity('2031-01-08'), ...more]);
  expect(JSON.parse((await submit('--json')).out)).toMatchObject({ mentor_ids: ['m-1', '17'] });

  writeFileSync(path, makeSpreadsheet({ Mentors: rows, Others: [['id'], ['m-3']] }));
  const { code, err } = await submit();
  expect(code).toBe(2);
  expect(err).toContain('has these sheets: "Mentors", "Others". To name one of them, add: --sheet <name>');
  expect(JSON.parse((await submit('--sheet', 'Others', '--json')).out)).toMatchObject({
    mentor_ids: ['m-3'],
  });
});

test('3: not found, and not in a state for that', async () => {
  const id = await finished('2031-03-01', ['m-1']);
  expect(await run(['status', 'bulk-999'])).toMatchObject({
    code: 3,
    out: '',
    err: 'Error: There is no bulk registration bulk-999.\n',
  });
  expect((await run(['cancel', id])).code).toBe(3);
  expect((await run(['retry', id])).code).toBe(3);
  expect((await run(['delete', await submitted('2031-03-02', ['m-1'])])).code).toBe(3);
  expect((await run(['delete', id])).code).toBe(0);
  const json = await run(['watch', id, '--json']);
  expect([json.code, JSON.parse(json.out)]).toMatchObject([3, { error: { status: 404 } }]);
});

test('4: no service; and how to send the same again is said', async () => {
  const args = [
    'submit',
    '-',
    ...activity('2031-03-03'),
    '--url',
    'http://127.0.0.1:1',
    '--idempotency-key',
    'k-9',
  ];
  const { code, out, err } = await run(args, { stdin: 'm-1' });
  expect([code, out]).toEqual([4, '']);
  expect(err).toContain('Trying again in ');
  expect(err).toContain('\n  --idempotency-key k-9\n');
  expect(err).toMatch(/Error: The service could not be reached: .*\n$/);
});

test('130: interrupted while watching; the registration goes on', async () => {
  const id = await submitted('2031-03-04', ['m-1']);
  const controller = new AbortController();
  const { code, out, err } = await run(['watch', id], {
    signal: controller.signal,
    onErr: () => controller.abort(),
  });
  expect([code, out]).toEqual([130, '']);
  expect(err).toContain(`Stopped watching. ${id} continues. To cancel it: bulk cancel ${id}\n`);
  expect((await detailsOf(id)).status).toBe('processing');
});

test('without a terminal a watch writes a line a change, and no control codes', async () => {
  const id = await submitted('2031-04-01', mentors('m', 1_500));
  const watching = run(['watch', id], {
    onErr: (err) => void (err.split('\n').length === 2 && service.workABit(id).then(() => service.work(id))),
  });
  const { err } = await watching;
  expect(err.split('\n')[0]).toMatch(new RegExp(`^${id} {4}0 % {2}0 of 1,500`));
  expect(err).toMatch(new RegExp(`\n${id} {2}100 % {2}1,500 of 1,500 {2}completed\n`));
  expect(err.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});

test('in a terminal a watch redraws one line, that fits', async () => {
  const id = await finished('2031-04-02', ['m-1']);
  const { err } = await run(['watch', id], { isTerminal: true });
  expect(err).toMatch(new RegExp(`^\r${id} {2}█{20} {2}100 % {2}1 of 1 {2}completed\u001b\\[K\n$`));
});

test('with --json a watch writes a state a line', async () => {
  const id = await finished('2031-04-03', ['m-1']);
  const { out, err } = await run(['watch', id, '--json'], { isTerminal: true });
  const states = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RegistrationDetails);
  expect(states.at(-1)).toMatchObject({ id, status: 'completed', progress: { percent: 100 } });
  expect(err).toBe('');
});

test('a list is a table, or a document', async () => {
  await finished('2031-05-01', ['m-1', 'm-2']);
  const filters = [
    '--from',
    '2031-05-01',
    '--to',
    '2031-05-01',
    '--status',
    'completed',
    '--coordinator',
    'coord-1',
  ];
  const { code, out, err } = await run(['list', ...filters]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^ID +STATUS +MENTORS +OK +FAILED +DATE +ACTIVITY +COORDINATOR\nbulk-\d+ +completed +2 +2 +0 +2031-05-01 +workshop +coord-1\n$/,
  );
  expect(err).toBe('1 in all\n');
  const json = await run(['list', '--json', '--limit', '1']);
  expect(JSON.parse(json.out)).toMatchObject({ data: [{}], pagination: { limit: 1 } });
  const { next_cursor } = (JSON.parse(json.out) as { pagination: { next_cursor: string } }).pagination;
  expect((await run(['list', '--limit', '1', '--after', next_cursor])).code).toBe(0);
});

test('list prints all that match as CSV, from the oldest, and search finds what a text names', async () => {
  const today = new Date().toISOString().slice(0, 10);
  const ids = [await finished(today, ['=m-1']), await finished(today, ['=m-1'])];
  const day = ['--from', today, '--to', today];
  const csv = await run(['list', ...day, '--format', 'csv', '--sort', 'created_at', '--limit', '1']);
  expect(csv.code).toBe(0);
  const [heading, ...lines] = csv.out.split('\r\n');
  expect(heading).toMatch(/^id,coordinator_id,activity_type,activity_date,mentor_count,status,/);
  expect(lines.map((line) => line.split(',')[0])).toEqual([...ids, '']);
  expect((await run(['list', '--format', 'csv', '--json'])).code).toBe(2);

  expect((await run(['search', '=m-1'])).out).toMatch(/^KIND +ID +TITLE\nmentor +=m-1 +=m-1, last activity/);
  expect(await run(['search', 'nothing like it'])).toMatchObject({
    code: 0,
    out: '',
    err: 'Nothing was found.\n',
  });
  const json = await run(['search', `${ids[0]}`, '--json']);
  expect(JSON.parse(json.out)).toMatchObject({ data: [{ kind: 'registration', id: ids[0] }] });
});

test('label and reference are sent and shown, and a second registration with the reference is refused', async () => {
  const args = ['submit', '-', ...activity('2031-05-11'), '--external-reference', 'crm-1'];
  const first = await run([...args, '--label', 'Spring, Berlin'], { stdin: 'm-1' });
  const id = first.out.trim();
  await submitted('2031-05-11', ['m-2']);
  const second = await run(args, { stdin: 'm-1' });
  expect([second.code, second.out]).toEqual([3, '']);
  expect(second.err).toContain(`This external_reference is the reference of ${id}.`);
  expect((await run(['status', id])).out).toMatch(/\n {2}Label +Spring, Berlin\n {2}Reference +crm-1\n/);

  const byDay = await run(['list', '--from', '2031-05-11', '--to', '2031-05-11']);
  expect(byDay.out).toMatch(
    /COORDINATOR +LABEL +REFERENCE\n.+ coord-1 +- +-\n.+ coord-1 +Spring, Berlin +crm-1\n$/,
  );
  const byLabel = await run(['list', '--label', 'Spring, Berlin', '--json']);
  expect(JSON.parse(byLabel.out)).toMatchObject({ data: [{ id }], pagination: { total: 1 } });
  const byReference = await run(['list', '--external-reference', 'crm-1', '--json']);
  expect(JSON.parse(byReference.out)).toMatchObject({ data: [{ id }], pagination: { total: 1 } });
});

test('results as CSV, NDJSON and one JSON document', async () => {
  await finished('2031-06-01', ['m-1']);
  const id = await finished('2031-06-01', mentors('m', 1_200));
  const csv = await run(['results', id, '--status', 'failed']);
  expect(csv.code).toBe(0);
  expect(csv.out).toMatch(/^mentor_id,.*\r\nm-1,failed,,duplicate,.*,pa-\d+\r\n$/);
  const ndjson = await run(['results', id, '--format', 'ndjson']);
  expect(ndjson.out.trimEnd().split('\n')).toHaveLength(1_200);
  const json = JSON.parse((await run(['results', id, '--json'])).out) as ResultsResponse;
  expect(json).toMatchObject({ id, status: 'completed', complete: true });
  expect(json.data.map((each) => each.mentor_id)).toEqual(mentors('m', 1_200));
  const none = await run(['results', id, '--format', 'json', '--status', 'pending']);
  expect(JSON.parse(none.out)).toEqual({ id, data: [], status: 'completed', complete: true });
});

test('results while it is processing are said to be unfinished', async () => {
  const id = await submitted('2031-06-02', ['m-1']);
  for (const format of ['csv', 'json']) {
    expect((await run(['results', id, '--format', format])).err).toContain(`${id} is still processing`);
  }
});

test('a file of results appears whole, or not at all', async () => {
  const id = await finished('2031-06-03', ['m-1']);
  const output = join(folder, 'results.csv');
  expect(await run(['results', id, '--output', output])).toMatchObject({ code: 0, out: '' });
  expect(readFileSync(output, 'utf8')).toContain('m-1,success,');
  const missing = await run(['results', id, '--output', join(folder, 'nowhere/results.csv')]);
  expect(missing.code).toBe(2);
  expect(missing.err).toContain('Cannot write --output ');
  expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
});

test('a file of results can be submitted, and has the very same ids', async () => {
  const ids = ['-17', '=1+1', "'-17", "''=x", 'plain', '@a', "it's", '＝1', ' m-1', 'a,"b";c'];
  const id = await storeRegistration(service.deps, { mentor_ids: ids });
  const output = join(folder, 'round-trip.csv');
  await run(['results', id, '--output', output]);
  const { out } = await run(['submit', output, ...activity('2031-06-05'), '--json']);
  expect(JSON.parse(out)).toMatchObject({ mentor_ids: ids });
});

test('of a results file with failed mentors and others it has to be said which are meant', async () => {
  await finished('2031-06-06', ['m-1']);
  const id = await finished('2031-06-06', ['m-1', 'm-2']);
  const output = join(folder, 'mixed.csv');
  await run(['results', id, '--output', output]);
  const submit = (...more: string[]) => run(['submit', output, ...activity('2031-06-07'), ...more]);
  const { code, err } = await submit();
  expect(code).toBe(2);
  expect(err).toContain('To register the failed mentors only, add: --status failed\n');
  expect(JSON.parse((await submit('--status', 'failed', '--json')).out)).toMatchObject({
    mentor_ids: ['m-1'],
  });
  expect(JSON.parse((await submit('--status', 'all', '--json')).out)).toMatchObject({
    mentor_ids: ['m-1', 'm-2'],
  });
});

test('results can have the columns of a file of mentors behind them, and go back in', async () => {
  await finished('2031-06-08', ['-17']);
  const path = file('teams.csv', ['Team;mentor_id;Note', 'A;-17;=1+1', '"B, ""b""";m-2', 'C;m-2;again']);
  const { out: id } = await run(['submit', path, ...activity('2031-06-08')]);
  await service.work(id.trim());
  const output = join(folder, 'with-columns.csv');
  await run(['results', id.trim(), '--with-columns', path, '--output', output]);
  const [headings, failed, succeeded] = readFileSync(output, 'utf8').split('\r\n');
  expect(headings).toMatch(/^mentor_id,status,.*,existing_activity_id,Team,Note$/);
  expect(failed).toMatch(/^'-17,failed,,duplicate,.*,pa-\d+,A,'=1\+1$/);
  expect(succeeded).toMatch(/^m-2,success,pa-\d+,,,,"B, ""b""",$/);
  const again = await run(['submit', output, ...activity('2031-06-09'), '--status', 'failed', '--json']);
  expect(JSON.parse(again.out)).toMatchObject({ mentor_ids: ['-17'] });
  const json = await run(['results', id.trim(), '--with-columns', path, '--format', 'json']);
  expect(json).toMatchObject({ code: 2, err: expect.stringContaining('--with-columns writes CSV') });
});

test('4: a download that breaks off leaves no file', async () => {
  const id = await submitted('2031-06-04', mentors('m', 20_000));
  const proxy = await TcpProxy.between(Number(new URL(service.url).port), httpTap);
  proxy.slowDown({ delayMs: 20, bytesPerMs: 100 });
  const output = join(folder, 'broken.csv');
  const ran = run(['results', id, '--output', output, '--url', `http://127.0.0.1:${proxy.port}`]);
  await waitFor(() => existsSync(`${output}.partial`));
  proxy.close();
  expect(await ran).toMatchObject({ code: 4, err: 'Error: The download was interrupted\n' });
  expect([existsSync(output), existsSync(`${output}.partial`)]).toEqual([false, false]);
});

test('colours are for terminals, unless NO_COLOR is set', async () => {
  const id = await finished('2031-07-01', ['m-1']);
  const first = async (options: BulkOptions) => (await run(['status', id], options)).out.split('\n')[0];
  const colored = `${id} \u001b[32mcompleted\u001b[39m: 1 of 1 succeeded`;
  const plain = `${id} completed: 1 of 1 succeeded`;
  expect(await first({ isTerminal: true })).toBe(colored);
  expect(await first({ isTerminal: true, env: { NO_COLOR: '1' } })).toBe(plain);
  expect(await first({})).toBe(plain);
});

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync('apps/cli/package.json', 'utf8')) as { version: string };
  expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

const { out: bashScript } = await bulk(['completion', 'bash']);
const typed = (...words: string[]) =>
  spawnSync(
    'bash',
    [
      '-c',
      `${bashScript} COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _bulk; echo "\${COMPREPLY[*]}"`,
      'bash',
      ...words,
    ],
    { encoding: 'utf8' },
  ).stdout.trim();

test('bash completes commands, and the options of a command', () => {
  expect(typed('bulk', 're')).toBe('retry results');
  expect(typed('bulk', 'submit', '--co')).toBe('--coordinator --column');
  expect(typed('bulk', 'status', '--u')).toBe('--url');
});

test('--help lists the exit codes', async () => {
  const { code, out } = await run(['--help']);
  expect(code).toBe(0);
  for (const exitCode of [0, 1, 2, 3, 4, 130]) expect(out).toMatch(new RegExp(`\n {2}${exitCode} +\\S`));
});
