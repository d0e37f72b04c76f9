import {
  columnsOf,
  type Issue,
  showInvisible,
  type UnclearTable,
  type UnusableFile,
} from '@bulk/client/mentor-file';
import { visible } from '../io.ts';
import { UsageError } from '../usage-error.ts';

const SHOWN_ISSUES = 10;
const SHOWN_COLUMNS = 30;

/** Makes an error that says what a file lacks, or asks, and which options answer. */
export function tellProblem(name: string, found: UnclearTable | UnusableFile): UsageError {
  const [first = '', ...others] =
    found.kind === 'unusable' ? problemOf(found) : QUESTIONS[found.question](found);
  return new UsageError([`${name} ${first}`, ...others].map(visible).join('\n  '));
}

/** Makes an error that lists the ids with invisible characters, and those that are too long. */
export function tellIssues(name: string, issues: Issue[]): UsageError {
  const shown = issues.slice(0, SHOWN_ISSUES).map(({ kind, line, id }) => {
    const problem = kind === 'too_long' ? 'is too long' : 'has invisible characters';
    return `${name}:${line}: ${visible(JSON.stringify(showInvisible(id)))} ${problem}`;
  });
  const rest = issues.length - shown.length;
  const lines = [
    'Some mentor IDs are not valid. Nothing was sent.',
    ...shown,
    ...(rest > 0 ? [`and ${rest} more`] : []),
    'To remove the invisible characters, and to leave out IDs that are too long, add: --clean',
  ];
  return new UsageError(lines.join('\n  '));
}

function problemOf({ problem, firstLines }: UnusableFile): string[] {
  return firstLines.length === 0 ? [problem] : [`${problem}. It begins:`, ...firstLines];
}

const QUESTIONS: Record<UnclearTable['question'], (unclear: UnclearTable) => string[]> = {
  column: ({ table }) => {
    const columns = columnsOf(table).map(({ index, first, samples }) => {
      return `${index + 1}  ${[first, ...samples].map((value) => value.slice(0, 30)).join(' | ')}`;
    });
    const example = shellWord(table.rows[0]?.cells.find(Boolean) ?? '');
    return [
      'has no column named mentor_id, mentor or id. Its columns, with their first values:',
      ...columns.slice(0, SHOWN_COLUMNS),
      `If the first row has headings, name the column with the IDs, for example: --column ${example}`,
      'Otherwise give its number, for example: --no-heading --column 1',
    ];
  },
  heading: ({ heading }) => [
    `begins with ${JSON.stringify(heading)}, which may be a heading or a mentor.`,
    `If it is a heading, add: --column ${shellWord(heading)}`,
    'If it is a mentor, add: --no-heading',
  ],
  status: () => [
    'is a results file with failed mentors and others.',
    'To register the failed mentors only, add: --status failed',
    'To register all of them, add: --status all',
  ],
};

/** Quoted, because the shell would run what a file may hold. */
function shellWord(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
