import { readFileSync } from 'node:fs';
import { RESULT_COLUMNS } from '@bulk/contract';
import { mentors, registrationRequest } from '@bulk/core/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeSpreadsheet } from '../../packages/client/src/mentor-file/testing/make-spreadsheet.ts';
import { accessibilityFindings, expectFits, fillIn, WORKSHOP } from './browser.ts';
import { page, reopen, service, useService } from './fixture.ts';

useService({ hasWorker: true, look: { viewport: { width: 1280, height: 900 } } });
const openForm = async () => {
  await page.goto('/new');
  await page.getByText('No mentors yet').waitFor();
};
beforeEach(openForm);

const box = () => page.getByLabel('Mentor IDs');
const choose = (name: string, content: string | Uint8Array) =>
  page.locator('input[type="file"]').setInputFiles({ name, mimeType: '', buffer: Buffer.from(content) });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const press = (name: string) => button(name).press('Enter');
const columnOf = (name: string) => page.getByLabel(`Which column of ${name} has the IDs?`);
/** Drops a file on the field, as from a folder. */
const drop = async (name: string, text: string) => {
  const data = await page.evaluateHandle(
    `(() => { const d = new DataTransfer(); d.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)})); return d; })()`,
  );
  await page.getByLabel('Mentors', { exact: true }).dispatchEvent('drop', { dataTransfer: data });
};
const expectBox = async (text: string) => expect.poll(() => box().inputValue()).toBe(text);
const expectFocus = () => page.locator('textarea[name="mentor_ids"]:focus').waitFor();

test('a column with a known heading is taken, and another one can be chosen instead', async () => {
  await choose('mentors.csv', '\uFEFFname;Mentor ID\r\nAda;m-1\r\nAlan;m-2\r\nAda;m-1\r\n');
  await page.getByText('2 mentors, from m-1 to m-2 · from mentors.csv · column “Mentor ID”').waitFor();
  await expectBox('m-1\nm-2\nm-1');
  await press('Choose another column');
  await page.locator('select:focus').selectOption({ label: 'Column 1: name, Ada, Alan, Ada' });
  await press('Use these 2 mentors');
  await expectBox('Ada\nAlan\nAda');
  await page.getByText('column “name”').waitFor();
  await press('Choose another column');
  await press('Cancel');
  await expectFocus();
  await expectBox('Ada\nAlan\nAda');
});

test('the other columns of a file come back with the results, and never reach the service', async () => {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.postData() ?? ''));
  await fillIn(page, { ...WORKSHOP, activity: 'own columns' });
  await choose('people.csv', 'Name;mentor_id;Team\r\nAda;own-1;A\r\n=1+1;own-2;B, C\r\n');
  await page.getByText('2 mentors, from own-1 to own-2').waitFor();
  await button('Check 2 mentors').click();
  await button('Register 2 mentors').click();
  await page.waitForURL('**/registrations/*');
  const [download] = await Promise.all([page.waitForEvent('download'), press('CSV with your columns')]);
  const [heading, ada, formula] = readFileSync(await download.path(), 'utf8').split('\r\n');
  expect(heading).toBe(`${RESULT_COLUMNS.join(',')},Name,Team`);
  expect(ada).toMatch(/^own-1,.+,Ada,A$/);
  expect(formula).toMatch(/^own-2,.+,'=1\+1,"B, C"$/);
  expect(sent.join()).not.toContain('Ada');
  await page.reload();
  await page.getByRole('link', { name: 'CSV', exact: true }).waitFor();
  expect(await button('CSV with your columns').count()).toBe(0);
});

test('nobody is taken from a dropped table without a known heading, until its column is chosen by keyboard', async () => {
  await fillIn(page, { mentors: 'm-9' });
  await drop('people.csv', 'Employee,Name\n17,Ada\n18,Alan\n');
  await columnOf('people.csv').waitFor();
  await expectBox('');
  await page.locator('select:focus').press('ArrowDown');
  await page.getByText('2 mentors, from 17 to 18', { exact: true }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.getByText('3 mentors, from Employee to 18', { exact: true }).waitFor();
  await page.keyboard.press('Space');
  await press('Use these 2 mentors');
  await expectFocus();
  await expectBox('17\n18');
});

test('a file of no use, or a question that is cancelled, leaves the box as it was', async () => {
  await fillIn(page, { mentors: 'm-9' });
  await choose('old.xls', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0]));
  await page.getByText('old.xls is an old Excel file').waitFor();
  await choose('empty.csv', '\n');
  await page.getByText('empty.csv has no mentor IDs').waitFor();
  await choose('notes.odt', new Uint8Array([0x50, 0x4b, 3, 4, 0]));
  await page.getByText("notes.odt can't be read as an Excel file (.xlsx).").waitFor();
  await choose('a.csv', 'name,mail\r\nAda,a@example.org\r\n');
  await press('Cancel');
  await expectFocus();
  await expectBox('m-9');
});

test('cells of a spreadsheet are pasted as a table, and a wrapped list as every value', async () => {
  await fillIn(page, { mentors: 'Employee\tTeam\n17\tA\n18\tB' });
  await columnOf('the pasted table').selectOption({ index: 1 });
  await press('Use these 2 mentors');
  await expectBox('17\n18');
  await fillIn(page, { mentors: 'm-1, m-2\nm-3, m-4' });
  await columnOf('the pasted table').selectOption('No column: every value is a mentor ID');
  await press('Use these 4 mentors');
  await page.getByText('4 mentors, from m-1 to m-4').waitFor();
  await fillIn(page, { mentors: 'm-1 m-2, m-3' });
  await page.getByText('3 mentors, from m-1 to m-3').waitFor();
});

test('a first value that may be a heading is asked about, and the keyboard can answer', async () => {
  const answer = async (name: string) => {
    await page.getByText('Is Employee, the first value, a heading or a mentor?').waitFor();
    await press(name);
    await expectFocus();
  };
  await choose('a.csv', 'Employee\r\nm-1\r\n');
  await answer('It is a heading');
  await expectBox('m-1');
  await box().fill('Employee\nm-1');
  await answer('It is a mentor');
  await box().fill('Employee\nm-1\nm-2');
  await page.getByText('3 mentors', { exact: true }).waitFor();
});

test('invisible, long and repeated ids are shown with their lines, and taken out', async () => {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.method()));
  await fillIn(page, { mentors: `m-1\nm-\u200B2\n${'x'.repeat(65)}\nm-1` });
  await page.getByText('1 ID has characters that nobody can see.').waitFor();
  await press('Show the lines');
  const rows = page.getByRole('region', { name: 'IDs to look at' }).getByRole('row');
  await expect
    .poll(async () => (await rows.allTextContents()).slice(1))
    .toEqual(['2m-[U+200B]2Invisible characters', `3${'x'.repeat(65)}Too long`, '4m-1Repeated']);
  await press('Remove these characters');
  await expectFocus();
  await press('Leave out long IDs');
  await press('Remove repeated IDs');
  await button('Show the lines').waitFor({ state: 'detached' });
  await expectBox('m-1\nm-2');
  expect(sent).not.toContain('POST');
});

test('a spreadsheet is read, with a question for its sheet; its code is loaded only then', async () => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(request.url()));
  const isLoaded = () => loaded.some((url) => url.includes('spreadsheet'));
  await choose('a.csv', 'm-1\n');
  await page.getByText('1 mentor: m-1 · from a.csv').waitFor();
  expect(isLoaded()).toBe(false);
  const rows = [
    ['Name', 'Employee'],
    ['Ada', 17],
    ['Alan', '018'],
  ];
  await choose('people.xlsx', makeSpreadsheet({ People: rows, 'Old <b>': [['id'], ['m-9']] }));
  await page.getByText('people.xlsx has several sheets.').waitFor();
  expect(isLoaded()).toBe(true);
  await press('Old <b>');
  await expectBox('m-9');
  await choose('people.xlsx', makeSpreadsheet({ People: rows }));
  await columnOf('people.xlsx').selectOption('Column 2: Employee, 17, 018');
  await press('Use these 2 mentors');
  await expectBox('17\n018');
});

test('100,000 rows are read from a spreadsheet, shown as a list, changed, and edited as text', async () => {
  const ids = mentors('m', 100_000);
  const rows = [['mentor_id', 'note'], ...ids.map((id) => [id, 'x'.repeat(20)])];
  await choose('large.xlsx', makeSpreadsheet({ Mentors: rows }));
  await page.getByText('100,000 mentors, from m-1 to m-100000 · from large.xlsx').waitFor();
  const list = page.getByRole('region', { name: 'List of mentors' });
  await list.press('End');
  await list.getByText('m-100000', { exact: true }).waitFor();
  expect(await list.getByRole('row').count()).toBeLessThan(60);
  expect(await accessibilityFindings(page)).toEqual([]);
  await press('Clear the list');
  await expectFocus();

  await choose('twice.csv', [...ids, ...ids].join('\n'));
  await page.getByText('100,000 IDs are repeated.').waitFor();
  await press('Show the lines');
  const issues = page.getByRole('region', { name: 'IDs to look at' });
  await issues.press('End');
  await issues.getByText('200,000', { exact: true }).waitFor();
  expect(await issues.getByRole('row').count()).toBeLessThan(60);
  await press('Remove repeated IDs');
  await button('Show the lines').waitFor({ state: 'detached' });
  await press('Edit as text');
  await expectFocus();
  await box().press('ControlOrMeta+A');
  await box().press('Delete');
  await page.getByText('No mentors yet').waitFor();
});

test('a results file goes back in: the failed mentors only, or all', async () => {
  const first = await service.submit(registrationRequest({ mentor_ids: ['=1+1'] }));
  await service.finished(first);
  const id = await service.submit(registrationRequest({ mentor_ids: ['=1+1', 'm-2', 'a,"b"'] }));
  await service.finished(id);
  await page.goto(`/registrations/${id}`);
  const save = async (label: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: label, exact: true }).click(),
    ]);
    return readFileSync(await download.path());
  };
  const [all, failed] = [await save('CSV'), await save('CSV of failed mentors')];
  await page.goto('/new');
  await choose('failed.csv', failed);
  await page.getByText('1 mentor: =1+1').waitFor();
  await choose('all.csv', all);
  await page.getByText('This is a results file.').waitFor();
  await press('All 3');
  await expectBox('=1+1\nm-2\n"a,""b"""');
  await press('Choose other mentors');
  await page.locator('button:focus', { hasText: 'Only the 1 failed' }).waitFor();
  await press('Cancel');
  await expectFocus();
  await press('Choose other mentors');
  await press('Only the 1 failed');
  await expectBox('=1+1');
  await fillIn(page, { ...WORKSHOP, activity: 'again' });
  await button('Check 1 mentor').click();
  await page.getByText('Nobody has this activity yet').waitFor();
});

describe('320 px wide', () => {
  const long = 'A file with a very long name that has no place beside anything else.csv';
  test.each([
    ['column', () => choose(long, `Employee,${'Name'.repeat(30)}\n17,Ada\n`), `Which column of ${long}`],
    ['heading', () => choose(long, `Employee${'x'.repeat(80)}\n17\n18`), 'a heading or a mentor?'],
    ['results', () => choose('r.csv', RESULTS), 'This is a results file.'],
    [
      'sheets',
      () => choose('s.xlsx', makeSpreadsheet({ [long.slice(0, 31)]: [['a']], B: [['b']] })),
      'several sheets',
    ],
    ['taken', () => choose(long, `id,Name\n${'17'.repeat(32)},Ada\n18,Alan`), `from ${long}`],
    ['long', () => choose('l.csv', mentors('mentor', 10_000).join('\n')), '10,000 mentors'],
    ['issues', () => fillIn(page, { mentors: `m-\u200B2\n${'x'.repeat(65)}\nm-1\nm-1` }), 'nobody can see'],
    ['refused', () => choose(long, `mentor_id\n"m-1" ${'x'.repeat(90)}\n`), 'is not valid CSV'],
  ])('%s', async (name, show, text) => {
    await reopen({ viewport: { width: 320, height: 900 } });
    await openForm();
    await show();
    await page.getByText(text).first().waitFor();
    if (name === 'issues') await press('Show the lines');
    expect(await accessibilityFindings(page)).toEqual([]);
    await expectFits(page);
  });
});

const RESULTS =
  'mentor_id,status,activity_id,error_code,error_message,existing_activity_id\nm-1,success,,,,\nm-2,failed,,,,\n';
