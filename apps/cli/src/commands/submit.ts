import { randomUUID } from 'node:crypto';
import { ApiProblem } from '@bulk/client';
import { type CreateRegistrationRequest, type Duplicate, LIMITS } from '@bulk/contract';
import { Option } from 'commander';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatCount, formatMentors } from '../format-count.ts';
import { visible } from '../io.ts';
import { type MentorList, readMentors } from '../mentors/read-mentors.ts';
import { followToEnd } from '../progress/follow.ts';
import type { Registry } from '../registry.ts';
import { UsageError } from '../usage-error.ts';
import { withIdempotencyKeyHint } from './idempotency-key-hint.ts';
import { listOf } from './list-of.ts';
import { requireAll } from './require-all.ts';
import { wholeNumber } from './whole-number.ts';

interface SubmitOptions {
  coordinator: string;
  activityType: string;
  date: string;
  duration: number;
  notes?: string;
  label?: string;
  externalReference?: string;
  overrideDuplicates?: true;
  overrideOnly?: string[];
  plan?: string;
  dryRun?: true;
  watch?: true;
  column?: string;
  heading?: boolean;
  sheet?: string;
  status?: 'failed' | 'all';
  clean?: true;
  idempotencyKey?: string;
}

export function addSubmit({ program, perform }: Registry): void {
  program
    .command('submit')
    .description(
      'Register one activity for the mentors in files. A file has one ID a line, or is CSV or .xlsx with a heading, or is a results file. Prints the ID of the registration.',
    )
    .usage('[options] <files...>')
    .argument('[files...]', 'files with the mentors; - is standard input')
    .option('--coordinator <id>', 'ID of the coordinator who registers (required)')
    .option('--activity-type <type>', 'type of the activity, such as group_workshop (required)')
    .option('--date <yyyy-mm-dd>', 'day of the activity (required)')
    .option('--duration <minutes>', 'duration of the activity in minutes (required)', wholeNumber)
    .option('--notes <text>', 'notes to store with each activity')
    .option('--label <text>', 'name of this registration, for people')
    .option(
      '--external-reference <id>',
      'ID of this registration in your own system; a coordinator can use each one once',
    )
    .option('--override-duplicates', 'give mentors who already have this activity one more')
    .option(
      '--override-only <ids>',
      'like --override-duplicates, but only for these mentors; separate their IDs by commas',
      listOf,
    )
    .option(
      '--column <name>',
      'heading or number of the column with the IDs; default: mentor_id, mentor or id',
    )
    .option('--heading', 'the first row is a heading, not a mentor')
    .option('--no-heading', 'the first row is a mentor, not a heading')
    .option('--sheet <name>', 'sheet of the spreadsheet that has the IDs')
    .addOption(
      new Option('--status <which>', 'mentors of a results file to register').choices(['failed', 'all']),
    )
    .option('--clean', 'remove invisible characters from IDs, and leave out IDs that are too long')
    .option('--dry-run', 'write nothing; only print who would fail as a duplicate')
    .option(
      '--plan <plan>',
      'plan that a dry run printed; registers only if the duplicates are still the same',
    )
    .option('--watch', 'wait until the registration has ended')
    .option(
      '--idempotency-key <key>',
      'key of this request; the same request with the same key registers nothing twice',
    )
    .addHelpText('after', EXAMPLES)
    .hook('preAction', requireAll('coordinator', 'activityType', 'date', 'duration'))
    .action((files: string[], options: SubmitOptions) =>
      perform((context) => submit(context, files, options)),
    );
}

const EXAMPLES = `
Examples:
  bulk submit mentors.csv --coordinator coord-42 --activity-type group_workshop \\
    --date 2026-03-28 --duration 120 --watch
  cut -d, -f1 people.csv | bulk submit - --coordinator coord-42 …
`;

async function submit(context: Context, files: string[], options: SubmitOptions): Promise<ExitCode> {
  const { column, heading, sheet, status, clean } = options;
  const list = await readMentors(files, {
    column,
    hasHeading: heading,
    sheet,
    status,
    isCleaned: clean,
    stdin: context.io.stdin,
  });
  tellWhatWasRead(context, list);
  const request = requestOf(list, options);
  try {
    return await (options.dryRun ? dryRun(context, request) : register(context, request, options));
  } catch (error) {
    if (error instanceof ApiProblem) tellWhichMentors(context, list, error);
    throw error;
  }
}

/** Names the mentors of errors, which the service names by their place in the request. */
function tellWhichMentors({ say }: Context, { ids }: MentorList, { errors }: ApiProblem): void {
  for (const { pointer } of errors) {
    const place = /^#\/mentor_ids\/(\d+)$/.exec(pointer ?? '')?.[1];
    const id = ids[Number(place)];
    if (id !== undefined) say(`mentor_ids/${place} is ${visible(JSON.stringify(id))}`);
  }
}

/** @throws UsageError for more mentors than the service takes at once */
function tellWhatWasRead({ say }: Context, list: MentorList): void {
  const { ids, repeated, repeatedAt, empty, cleaned } = list;
  const { mentorsPerRegistration } = LIMITS;
  const more = repeated > repeatedAt.length ? ', …' : '';
  const left = [
    ...(repeated > 0 ? [`${formatCount(repeated)} repeated left out (${repeatedAt.join(', ')}${more})`] : []),
    ...(empty > 0 ? [`${formatCount(empty)} without an ID left out`] : []),
    ...(cleaned > 0 ? [`${formatCount(cleaned)} cleaned`] : []),
  ];
  say([formatMentors(ids.length), ...left].join(', '));
  if (ids.length <= mentorsPerRegistration) return;
  throw new UsageError(
    `One registration takes at most ${formatMentors(mentorsPerRegistration)}, and these are ${formatCount(ids.length)}. Nothing was sent. Split the file.`,
  );
}

function requestOf({ ids }: MentorList, options: SubmitOptions): CreateRegistrationRequest {
  return {
    coordinator_id: options.coordinator,
    mentor_ids: ids,
    activity_type: options.activityType,
    activity_date: options.date,
    duration_minutes: options.duration,
    ...(options.notes !== undefined && { notes: options.notes }),
    ...(options.label !== undefined && { label: options.label }),
    ...(options.externalReference !== undefined && { external_reference: options.externalReference }),
    ...(options.overrideDuplicates && { override_duplicates: true }),
    ...(options.overrideOnly && { override_mentor_ids: options.overrideOnly }),
    ...(options.plan !== undefined && { plan: options.plan }),
  };
}

async function dryRun({ client, io, isJson, print }: Context, request: CreateRegistrationRequest) {
  const answer = await client.dryRun(request, { signal: io.signal });
  const exitCode = answer.failure_count > 0 ? EXIT.notAllSucceeded : EXIT.ok;
  if (isJson) {
    print(JSON.stringify(answer));
    return exitCode;
  }
  print(`Nothing was written. Of ${formatMentors(answer.mentor_count)} now:`);
  print(`  ${formatCount(answer.success_count)} would get the activity`);
  print(`  ${formatCount(answer.failure_count)} would fail as duplicates`);
  if (answer.duplicates.length > 0)
    print(request.override_duplicates ? 'These would get one more:' : 'Duplicates:');
  for (const duplicate of answer.duplicates) print(`  ${duplicate.mentor_id}  ${existingOf(duplicate)}`);
  print(`To register only if nothing has changed, add: --plan ${answer.plan}`);
  return exitCode;
}

function existingOf({ existing_activity_id, registration_id, coordinator_id, registered_at }: Duplicate) {
  if (existing_activity_id === undefined) return 'already has it, from another coordinator';
  return `has ${existing_activity_id}, from ${registration_id} of ${visible(coordinator_id ?? '')}, ${registered_at}`;
}

async function register(
  context: Context,
  request: CreateRegistrationRequest,
  { watch, idempotencyKey = randomUUID() }: SubmitOptions,
): Promise<ExitCode> {
  const { client, io, isJson, print, say } = context;
  const created = await withIdempotencyKeyHint(context, idempotencyKey, () =>
    client.create(request, { idempotencyKey, signal: io.signal }),
  );
  // With --watch the states are the answer, and the first of them has the id.
  if (isJson && !watch) print(JSON.stringify(created));
  if (!isJson) print(created.id);
  if (watch) return followToEnd(context, created.id);
  if (!isJson) say(`Accepted. To follow it: bulk watch ${created.id}`);
  return EXIT.ok;
}
