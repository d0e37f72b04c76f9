// Reads mentor ids out of whatever was pasted or dropped: one a line, a row of a spreadsheet, a quoted list, a
// table with headings. It never guesses which column of a table without headings holds the ids: names and e-mail
// addresses would become mentors.

export interface MentorList {
  kind: 'list';
  /** As they stood there, repeated ones too. */
  entries: string[];
  /** Each id once, in the order of its first appearance. */
  ids: string[];
  /** The heading of the column they were taken from; null: there was none. */
  heading: string | null;
}

export interface UnusableTable {
  kind: 'unusable';
  /** What the text begins with, for the user to recognise. */
  firstLines: string[];
}

const SEPARATORS = ['\t', ';', ','] as const;
/** As compared: lower case, letters and digits only. Best first. */
const HEADINGS = ['mentorid', 'mentorids', 'mentor', 'mentors', 'mentornumber', 'mentorno', 'id', 'ids'];
const SHOWN_LINES = 3;
const SHOWN_LINE_LENGTH = 80;

/** What somebody typed or pasted: any mixture of separators, or a table. */
export function readPastedMentors(text: string): MentorList | UnusableTable {
  const clean = withoutByteOrderMark(text);
  const column = readNamedColumn(clean);
  if (column !== null) return column;
  // Cells side by side that come out of a spreadsheet are a table; with commas it may just be a wrapped list.
  return isTable(clean, ['\t']) ? unusable(clean) : fold(cellsOf(clean, SEPARATORS).flat(), null);
}

/** What a file holds. With several columns one has to carry a heading that names the ids. */
export function readMentorFile(text: string): MentorList | UnusableTable {
  const clean = withoutByteOrderMark(text);
  if (clean.includes('\0')) return { kind: 'unusable', firstLines: ['(not a text file)'] };
  const column = readNamedColumn(clean);
  if (column !== null) return column;
  const list = fold(cellsOf(clean, SEPARATORS).flat(), null);
  return isTable(clean, SEPARATORS) || list.ids.length === 0 ? unusable(clean) : list;
}

/** The same ids as text that is read as them again. */
export function pastedTextOf({ entries }: MentorList): string {
  const quote = (id: string) => (/[\t\r\n",;]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id);
  return entries.map(quote).join('\n');
}

/** null: no column has a heading that we know. */
function readNamedColumn(text: string): MentorList | null {
  const separator = SEPARATORS.find((each) => firstLineOf(text).includes(each)) ?? ',';
  const [headings = [], ...rows] = rowsOf(text, [separator]);
  const index = headingIndex(headings);
  if (index === null || rows.length === 0) return null;
  const cells = rows.map((row) => row[index] ?? '');
  return fold(cells, headings[index] ?? null);
}

function isTable(text: string, separators: readonly string[]): boolean {
  const rows = rowsOf(text, separators);
  return rows.length > 1 && rows.some((row) => row.filter(Boolean).length > 1);
}

function rowsOf(text: string, separators: readonly string[]): string[][] {
  return cellsOf(text, separators).filter((row) => row.some(Boolean));
}

function headingIndex(cells: readonly string[]): number | null {
  const words = cells.map((cell) => cell.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
  const heading = HEADINGS.find((each) => words.includes(each));
  return heading === undefined ? null : words.indexOf(heading);
}

/** Rows of trimmed cells, as RFC 4180 has them: a quoted cell may hold separators, line breaks and doubled quotes. */
function cellsOf(text: string, separators: readonly string[]): string[][] {
  const ends = separators.join('');
  if (!text.includes('"')) return plainCellsOf(text, new RegExp(`[${ends}]`));
  // A quoted cell or a bare one, then what ends it.
  const cell = new RegExp(
    `[^\\S\\t\\r\\n]*(?:"([^"]*(?:""[^"]*)*)"[^${ends}\\r\\n]*|([^${ends}\\r\\n]*))([${ends}]|\\r\\n?|\\n|$)`,
    'gy',
  );
  const rows: string[][] = [[]];
  for (const [, quoted, bare = '', end = ''] of text.matchAll(cell)) {
    rows.at(-1)?.push((quoted?.replaceAll('""', '"') ?? bare).trim());
    if (/[\r\n]/.test(end)) rows.push([]);
  }
  return rows;
}

/** Ten times as fast, which 100,000 lines need that are read while somebody types. */
function plainCellsOf(text: string, separator: RegExp): string[][] {
  return text.split(/\r\n?|\n/).map((line) => line.split(separator).map((cell) => cell.trim()));
}

function fold(cells: readonly string[], heading: string | null): MentorList {
  const entries = cells.filter((cell) => cell !== '');
  return { kind: 'list', entries, ids: [...new Set(entries)], heading };
}

function unusable(text: string): UnusableTable {
  const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
  const shorten = (line: string) =>
    line.length > SHOWN_LINE_LENGTH ? `${line.slice(0, SHOWN_LINE_LENGTH)}…` : line;
  return { kind: 'unusable', firstLines: lines.slice(0, SHOWN_LINES).map(shorten) };
}

/** Excel puts one before its CSV. */
function withoutByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function firstLineOf(text: string): string {
  return /[^\r\n]+/.exec(text)?.[0] ?? '';
}
