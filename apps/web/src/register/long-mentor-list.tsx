import { Field } from '@base-ui/react/field';
import type { MentorList, UnclearTable } from '@bulk/client/mentor-file';
import { useMemo } from 'react';
import { VirtualRows } from '../components/virtual-rows.tsx';
import { count } from '../format.ts';

/** A box for text with more characters than this makes the page stand still. */
export const LONG_TEXT = 100_000;

interface Props {
  read: MentorList | UnclearTable;
  onEdit: () => void;
  onClear: () => void;
}

/** Shows a long list in place of the box for text, with only the visible rows in the document. */
export function LongMentorList({ read, onEdit, onClear }: Props) {
  const rows = useMemo(() => rowsOf(read), [read]);
  return (
    <Field.Root className="field" name="mentor_ids">
      <span className="field-label">Mentor IDs</span>
      <div className="card long-mentor-list">
        <VirtualRows
          rows={rows}
          keyOf={({ index }) => String(index)}
          label="List of mentors"
          className="mentor-rows"
          header={
            <>
              <span role="columnheader">Line</span>
              <span role="columnheader">{read.kind === 'list' ? 'Mentor ID' : 'Row of the table'}</span>
            </>
          }
          renderRow={({ line, text }) => (
            <>
              <span role="cell" className="numeric">
                {count(line)}
              </span>
              <span role="cell" className="verbatim">
                {text}
              </span>
            </>
          )}
        />
      </div>
      <div className="row">
        <button type="button" className="button" onClick={onClear}>
          Clear the list
        </button>
        <button type="button" className="button" onClick={onEdit}>
          Edit as text
        </button>
      </div>
      <Field.Error className="field-error" />
    </Field.Root>
  );
}

function rowsOf(read: Props['read']): { index: number; line: number; text: string }[] {
  if (read.kind === 'unclear')
    return read.table.rows.map(({ cells, line }, index) => ({ index, line, text: cells.join(' | ') }));
  return read.entries.map((text, index) => ({ index, line: read.lines[index] ?? 0, text }));
}
