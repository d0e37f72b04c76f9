import {
  findIssues,
  type Issue,
  type IssueKind,
  type MentorList,
  showInvisible,
  withoutIssues,
} from '@bulk/client/mentor-file';
import { LIMITS } from '@bulk/contract';
import { useMemo, useState } from 'react';
import { Notice } from '../components/notice.tsx';
import { VirtualRows } from '../components/virtual-rows.tsx';
import { count } from '../format.ts';

interface Props {
  mentors: MentorList;
  onEntriesChange: (entries: string[]) => void;
}

interface Words {
  one: string;
  many: string;
  action: string;
  inTable: string;
}

const WORDS: Record<IssueKind, Words> = {
  invisible: {
    one: 'ID has characters that nobody can see.',
    many: 'IDs have characters that nobody can see.',
    action: 'Remove these characters',
    inTable: 'Invisible characters',
  },
  too_long: {
    one: `ID is longer than ${LIMITS.idLength} characters.`,
    many: `IDs are longer than ${LIMITS.idLength} characters.`,
    action: 'Leave out long IDs',
    inTable: 'Too long',
  },
  repeated: {
    one: 'ID is repeated. Each mentor is registered once.',
    many: 'IDs are repeated. Each mentor is registered once.',
    action: 'Remove repeated IDs',
    inTable: 'Repeated',
  },
};
const KINDS = Object.keys(WORDS) as IssueKind[];

/** Shows the ids that somebody should look at before they are sent, and offers to take the problem out. */
export function MentorIssues({ mentors, onEntriesChange }: Props) {
  const issues = useMemo(() => findIssues(mentors), [mentors]);
  const [isOpen, setIsOpen] = useState(false);
  if (issues.length === 0) return null;
  const byKind = KINDS.map((kind) => ({ kind, number: issues.filter((each) => each.kind === kind).length }));

  return (
    <Notice tone={issues.every(({ kind }) => kind === 'repeated') ? 'info' : 'warn'}>
      <div className="mentor-issues">
        <ul>
          {byKind
            .filter(({ number }) => number > 0)
            .map(({ kind, number }) => (
              <li key={kind} className="row">
                <span>
                  {count(number)} {number === 1 ? WORDS[kind].one : WORDS[kind].many}
                </span>
                <button
                  type="button"
                  className="button"
                  onClick={() => onEntriesChange(withoutIssues(mentors.entries, kind))}
                >
                  {WORDS[kind].action}
                </button>
              </li>
            ))}
        </ul>
        <button
          type="button"
          className="button button-quiet"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? 'Hide the lines' : 'Show the lines'}
        </button>
        {isOpen && <IssueTable issues={issues} />}
      </div>
    </Notice>
  );
}

function IssueTable({ issues }: { issues: Issue[] }) {
  return (
    <div className="card">
      <VirtualRows
        rows={issues}
        keyOf={({ kind, index }) => `${kind} ${index}`}
        label="IDs to look at"
        className="issue-rows"
        header={
          <>
            <span role="columnheader">Line</span>
            <span role="columnheader">Mentor ID</span>
            <span role="columnheader">Problem</span>
          </>
        }
        renderRow={({ kind, line, id }) => (
          <>
            <span role="cell" className="numeric">
              {count(line)}
            </span>
            <span role="cell" className="verbatim">
              {showInvisible(id)}
            </span>
            <span role="cell">{WORDS[kind].inTable}</span>
          </>
        )}
      />
    </div>
  );
}
