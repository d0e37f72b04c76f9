import type { HistoryEntry, RegistrationWithoutMentors } from '@bulk/contract';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { formatMentors } from '../format-count.ts';
import { visible } from '../io.ts';
import { exitCodeOf, outcomeLine } from '../outcome.ts';
import type { Registry } from '../registry.ts';

export function addStatus({ program, perform }: Registry): void {
  program
    .command('status')
    .description('Show the status, counts, fields and history of a registration.')
    .argument('<id>', 'such as bulk-001')
    .action((id: string) => perform((context) => showStatus(context, id)));
}

async function showStatus({ client, io, isJson, print }: Context, id: string): Promise<ExitCode> {
  const { details } = await client.status(id, { signal: io.signal });
  if (isJson) {
    print(JSON.stringify(details));
  } else {
    print(outcomeLine(details, io.stdout, io));
    for (const [name, value] of rowsOf(details)) print(`  ${name.padEnd(17)}${visible(value)}`);
  }
  return exitCodeOf(details);
}

function rowsOf(details: RegistrationWithoutMentors): [name: string, value: string][] {
  const {
    activity_type,
    activity_date,
    duration_minutes,
    coordinator_id,
    notes,
    label,
    external_reference,
    transient_error,
    waiting_reason,
  } = details;
  return [
    ...(label ? [['Label', label] satisfies [string, string]] : []),
    ...(external_reference ? [['Reference', external_reference] satisfies [string, string]] : []),
    ['Activity', `${activity_type} on ${activity_date}, ${duration_minutes} minutes`],
    ['Coordinator', coordinator_id],
    ...(notes ? [['Notes', notes] satisfies [string, string]] : []),
    ...details.history.map(historyRow),
    ...(details.completed_at ? [['Ended', details.completed_at] satisfies [string, string]] : []),
    ...(waiting_reason ? [['Waits', waiting_reason.message] satisfies [string, string]] : []),
    ...(transient_error
      ? [
          ['Transient error', `since ${transient_error.since}: ${transient_error.message}`] satisfies [
            string,
            string,
          ],
        ]
      : []),
  ];
}

/** Formats who did what: `Retried`, `2026-03-28T08:00:00.000Z by front office: 20 mentors, with override` */
function historyRow({ action, by, at, mentor_count, override_duplicates }: HistoryEntry): [string, string] {
  const what = [
    ...(mentor_count === undefined ? [] : [formatMentors(mentor_count)]),
    ...(override_duplicates ? ['with override'] : []),
  ].join(', ');
  return [action.charAt(0).toUpperCase() + action.slice(1), `${at} by ${by}${what && `: ${what}`}`];
}
