import {
  columnsOf,
  findMentors,
  type MentorFile,
  type MentorList,
  mayHaveHeadings,
  type Table,
} from '@bulk/client/mentor-file';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Notice } from '../components/notice.tsx';
import { counted } from '../format.ts';
import { shortened } from './shortened.ts';

interface Props {
  /** Of the file. */
  name: string;
  table: Table;
  /** The index of the column that was chosen before. */
  chosenColumn?: number | undefined;
  onUse: (mentors: MentorList) => void;
  /** Only a question that somebody began can be cancelled. It gets the focus. */
  onCancel?: (() => void) | undefined;
}

const EVERY_VALUE = 'every-value';

/** Asks which column of a table has the mentor ids, and shows what would be taken. */
export function ColumnPicker({ name, table, chosenColumn, onUse, onCancel }: Props) {
  const columns = useMemo(() => columnsOf(table), [table]);
  const [column, setColumn] = useState(String(chosenColumn ?? ''));
  const [hasHeading, setHasHeading] = useState(() => mayHaveHeadings(table));
  const select = useRef<HTMLSelectElement>(null);
  const isBegun = onCancel !== undefined;
  useEffect(() => {
    if (isBegun) select.current?.focus();
  }, [isBegun]);
  const found = useMemo((): MentorFile | null => {
    if (column === '') return null;
    if (column === EVERY_VALUE) return findMentors(table, { isEveryValue: true });
    return findMentors(table, { column: Number(column), hasHeading });
  }, [table, column, hasHeading]);

  return (
    <Notice tone="info">
      <div className="column-picker">
        <label className="field">
          <span className="field-label">
            Which column of <span className="verbatim">{name}</span> has the IDs?
          </span>
          <select
            className="input"
            value={column}
            ref={select}
            onChange={(event) => setColumn(event.target.value)}
          >
            <option value="">Choose a column …</option>
            {columns.map(({ index, first, samples }) => (
              <option key={index} value={index}>
                {`Column ${index + 1}: ${[first, ...samples].map((value) => shortened(value, 20)).join(', ')}`}
              </option>
            ))}
            <option value={EVERY_VALUE}>No column: every value is a mentor ID</option>
          </select>
        </label>
        {column !== EVERY_VALUE && (
          <label className="check">
            <input
              type="checkbox"
              checked={hasHeading}
              onChange={(event) => setHasHeading(event.target.checked)}
            />
            The first row is a heading, not a mentor
          </label>
        )}
        <p role="status">
          <Preview found={found} />
        </p>
        <div className="row">
          {found?.kind === 'list' && found.ids.length > 0 && (
            <button type="button" className="button" onClick={() => onUse(found)}>
              {found.ids.length === 1
                ? 'Use this mentor'
                : `Use these ${counted(found.ids.length, 'mentor')}`}
            </button>
          )}
          {onCancel && (
            <button type="button" className="button" onClick={onCancel}>
              Cancel
            </button>
          )}
        </div>
      </div>
    </Notice>
  );
}

function Preview({ found }: { found: MentorFile | null }) {
  if (found?.kind === 'unusable') return `This table ${found.problem}.`;
  if (found?.kind !== 'list') return 'When you choose a column, you see its first and its last ID here.';
  if (found.ids.length === 0) return 'This column has no mentor IDs.';
  return <FirstAndLast ids={found.ids} />;
}

/** The number of mentors with the first and the last id. */
export function FirstAndLast({ ids }: { ids: readonly string[] }) {
  const [first = ''] = ids;
  const last = ids.at(-1) ?? '';
  return (
    <>
      <strong className="numeric">{counted(ids.length, 'mentor')}</strong>
      <span className="muted">
        {ids.length === 1 ? ': ' : ', from '}
        <span className="verbatim">{shortened(first)}</span>
        {ids.length > 1 && (
          <>
            {' to '}
            <span className="verbatim">{shortened(last)}</span>
          </>
        )}
      </span>
    </>
  );
}
