import { LIMITS } from '@bulk/contract/plain';

export type IssueKind = 'invisible' | 'too_long' | 'repeated';

/** An id that somebody should look at before it is sent. */
export interface Issue {
  kind: IssueKind;
  /** Its place among the ids. */
  index: number;
  /** The first line is 1. */
  line: number;
  id: string;
}

interface Entries {
  entries: readonly string[];
  lines: readonly number[];
}

/** Characters that nobody sees: marks of no width, control characters, and every blank but the usual one. */
const INVISIBLE = /[\p{Cf}\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const ALL_INVISIBLE = new RegExp(INVISIBLE, 'gu');

/** Finds ids with invisible characters, ids that are too long, and ids that came before, in the order of their lines. */
export function findIssues({ entries, lines }: Entries): Issue[] {
  const seen = new Set<string>();
  const issues: Issue[] = [];
  for (const [index, id] of entries.entries()) {
    for (const kind of KINDS) {
      if (HAS_ISSUE[kind](id, seen)) issues.push({ kind, index, line: lines[index] ?? 0, id });
    }
    seen.add(id);
  }
  return issues;
}

/** Takes the invisible characters out of ids, or leaves out ids that are too long or repeated. */
export function withoutIssues(entries: readonly string[], kind: IssueKind): string[] {
  if (kind === 'repeated') return [...new Set(entries)];
  if (kind === 'too_long') return entries.filter((id) => !isTooLong(id));
  return entries.map(withoutInvisible).filter(Boolean);
}

/** Writes an invisible character as its code, such as `[U+200B]`. */
export function showInvisible(id: string): string {
  const code = (character: string) => character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  return id.replace(ALL_INVISIBLE, (character) => `[U+${code(character)}]`);
}

const HAS_ISSUE: Record<IssueKind, (id: string, seen: ReadonlySet<string>) => boolean> = {
  invisible: (id) => INVISIBLE.test(id),
  too_long: isTooLong,
  repeated: (id, seen) => seen.has(id),
};
const KINDS = Object.keys(HAS_ISSUE) as IssueKind[];

function isTooLong(id: string): boolean {
  return id.length > LIMITS.idLength && Array.from(id).length > LIMITS.idLength;
}

function withoutInvisible(id: string): string {
  const isBlank = (character: string) => /[\p{Z}\t\r\n]/u.test(character);
  return id.replace(ALL_INVISIBLE, (character) => (isBlank(character) ? ' ' : '')).trim();
}
