import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ListRegistrationsQuery, RegistrationStatus, RegistrationSummary } from '@bulk/contract';
import { LIST_SORTS, REGISTRATION_STATUSES } from '@bulk/contract';
import { Option } from 'commander';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatCount } from '../format-count.ts';
import { visible } from '../io.ts';
import type { Registry } from '../registry.ts';
import { UsageError } from '../usage-error.ts';
import { listCsv } from './list-csv.ts';
import { tableOf } from './table-of.ts';
import { wholeNumber } from './whole-number.ts';

type ListSort = (typeof LIST_SORTS)[number];

interface ListOptions {
  status?: RegistrationStatus;
  coordinator?: string;
  activityType?: string;
  from?: string;
  to?: string;
  hasFailures?: true;
  label?: string;
  externalReference?: string;
  sort: ListSort;
  format: 'table' | 'csv';
  limit: number;
  after?: string;
}

export function addList({ program, perform }: Registry): void {
  program
    .command('list')
    .description('List registrations, newest first.')
    .addOption(
      new Option('--status <status>', 'only registrations with this status').choices(REGISTRATION_STATUSES),
    )
    .option('--coordinator <id>', 'only registrations of this coordinator')
    .option('--activity-type <type>', 'only registrations of this activity type')
    .option('--from <yyyy-mm-dd>', 'only activities on or after this day')
    .option('--to <yyyy-mm-dd>', 'only activities on or before this day')
    .option('--has-failures', 'only registrations with failed mentors')
    .option('--label <text>', 'only registrations with exactly this label')
    .option('--external-reference <id>', 'only registrations with this ID of your own system')
    .addOption(
      new Option('--sort <order>', 'newest first, or oldest first')
        .choices(LIST_SORTS)
        .default('-created_at'),
    )
    .addOption(
      new Option('--format <format>', 'csv prints all that match, and not only --limit of them')
        .choices(['table', 'csv'])
        .default('table'),
    )
    .option('--limit <count>', 'how many registrations to list, at most 100', wholeNumber, 20)
    .option('--after <cursor>', 'continue after this cursor, which the last list printed')
    .action((options: ListOptions) => perform((context) => list(context, options)));
}

async function list({ client, io, isJson, print, say }: Context, options: ListOptions): Promise<ExitCode> {
  if (options.format === 'csv') {
    if (isJson) throw new UsageError('Leave out --format csv or --json');
    const source = Readable.from(listCsv(client, queryOf(options), io.signal));
    await pipeline(source, io.stdout, { end: false, signal: io.signal });
    return EXIT.ok;
  }
  const answer = await client.list(queryOf(options), { signal: io.signal });
  if (isJson) {
    print(JSON.stringify(answer));
    return EXIT.ok;
  }
  const { total, total_is_exact, next_cursor } = answer.pagination;
  const inAll = `${total_is_exact ? '' : 'more than '}${formatCount(total)} in all`;
  for (const line of linesOf(answer.data)) print(line);
  say(next_cursor === null ? inAll : `${inAll}; next page: --after ${next_cursor}`);
  return EXIT.ok;
}

function queryOf(options: ListOptions): ListRegistrationsQuery {
  const {
    status,
    coordinator,
    activityType,
    from,
    to,
    hasFailures,
    label,
    externalReference,
    sort,
    limit,
    after,
  } = options;
  return {
    limit,
    sort,
    ...(status && { status }),
    ...(coordinator && { coordinator_id: coordinator }),
    ...(activityType && { activity_type: activityType }),
    ...(from && { from }),
    ...(to && { to }),
    ...(hasFailures && { has_failures: true }),
    ...(label && { label }),
    ...(externalReference && { external_reference: externalReference }),
    ...(after && { after }),
  };
}

/** Formats the table, with a column for labels and one for references if any registration has one. */
function linesOf(registrations: readonly RegistrationSummary[]): string[] {
  const more = (['label', 'external_reference'] as const).filter((name) =>
    registrations.some((each) => each[name] !== undefined),
  );
  return tableOf(
    [...HEADER, ...more.map((name) => MORE_HEADINGS[name])],
    registrations.map((each) => [...cellsOf(each), ...more.map((name) => visible(each[name] ?? '-'))]),
  );
}

const MORE_HEADINGS = { label: 'LABEL', external_reference: 'REFERENCE' };
const HEADER = ['ID', 'STATUS', 'MENTORS', 'OK', 'FAILED', 'DATE', 'ACTIVITY', 'COORDINATOR'];

function cellsOf(each: RegistrationSummary): string[] {
  return [
    each.id,
    each.status,
    formatCount(each.mentor_count),
    formatCount(each.success_count),
    formatCount(each.failure_count),
    each.activity_date,
    visible(each.activity_type),
    visible(each.coordinator_id),
  ];
}
