import {
  columnsOf,
  findMentors,
  type MentorFile,
  type MentorList,
  pastedTextOf,
} from '@bulk/client/mentor-file';
import { type ClipboardEvent, type DragEvent, useMemo, useRef, useState } from 'react';
import { FirstAndLast } from './column-picker.tsx';
import { LONG_TEXT, LongMentorList } from './long-mentor-list.tsx';
import './mentor-field.css';
import { MentorFileStep, TableQuestion } from './mentor-file-step.tsx';
import { MentorIssues } from './mentor-issues.tsx';
import { TextField } from './text-field.tsx';
import { type FileStep, useMentorFile } from './use-mentor-file.ts';

interface Props {
  text: string;
  /** `firstMentor` is known to be no heading. */
  onTextChange: (text: string, firstMentor?: string, file?: MentorList) => void;
  read: MentorFile;
}

const FILE_TYPES = [
  '.csv,.tsv,.txt,.xlsx,text/csv,text/plain',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
].join(',');
const PASTED = 'the pasted table';

/** Mentors are pasted, typed, or come from a file that is chosen or dropped. The ids in the box are sent. */
export function MentorField({ text, onTextChange, read }: Props) {
  const [isDraggedOver, setIsDraggedOver] = useState(false);
  const [isEdited, setIsEdited] = useState(false);
  const section = useRef<HTMLElement>(null);
  const chooser = useRef<HTMLInputElement>(null);

  /** What was clicked goes away, and would take the focus with it. */
  const focusBox = () =>
    requestAnimationFrame(() => {
      // The next question has it already.
      if (document.activeElement?.matches('.column-picker select, .mentor-answer')) return;
      section.current?.querySelector<HTMLElement>('textarea, .long-mentor-list [tabindex]')?.focus();
    });
  const file = useMentorFile({ text, onTextChange, onAnswered: focusBox });
  const { step } = file;
  const taken = (step?.kind === 'taken' && step.mentors) || undefined;
  const isAsking = step?.kind === 'asking' || step?.kind === 'sheets';
  const changeable = useMemo(() => changeableTableOf(step, read), [step, read]);

  const isLong = text.length > LONG_TEXT && !isEdited && read.kind !== 'unusable';

  const type = (value: string) => {
    file.forget();
    onTextChange(value);
  };
  const paste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const pasted = event.clipboardData.getData('text/plain');
    if (pasted.length <= LONG_TEXT) return;
    event.preventDefault();
    const { selectionStart, selectionEnd, value } = event.currentTarget;
    setIsEdited(false);
    type(value.slice(0, selectionStart) + pasted + value.slice(selectionEnd));
    focusBox();
  };
  const take = (chosen: File) => {
    setIsEdited(false);
    void file.read(chosen);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsDraggedOver(false);
    const [dropped] = event.dataTransfer.files;
    if (dropped) take(dropped);
  };

  return (
    <section
      ref={section}
      className="mentor-field"
      aria-label="Mentors"
      data-dragged-over={isDraggedOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsDraggedOver(true);
      }}
      onDragLeave={() => setIsDraggedOver(false)}
      onDrop={drop}
    >
      {isLong ? (
        <LongMentorList
          read={read}
          onEdit={() => {
            setIsEdited(true);
            focusBox();
          }}
          onClear={() => {
            type('');
            focusBox();
          }}
        />
      ) : (
        <TextField
          label="Mentor IDs"
          name="mentor_ids"
          value={text}
          onValueChange={type}
          hint="Paste IDs, or a table from a spreadsheet. Or choose a CSV or Excel file, or drop it here."
          control={<textarea rows={9} className="input mono" spellCheck={false} onPaste={paste} />}
        />
      )}
      <div className="row mentor-field-foot">
        <p role="status">
          <Summary read={read} step={step} />
        </p>
        <div className="row">
          {changeable && !isAsking && (
            <button
              type="button"
              className="button"
              onClick={() => file.ask(changeable.name, changeable.table, changeable.mentors)}
            >
              {changeable.table.isOurs ? 'Choose other mentors' : 'Choose another column'}
            </button>
          )}
          <button type="button" className="button" onClick={() => chooser.current?.click()}>
            Choose a file …
          </button>
        </div>
        <input
          ref={chooser}
          type="file"
          accept={FILE_TYPES}
          hidden
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            if (chosen) take(chosen);
            // The same file may be chosen again, once it is mended.
            event.target.value = '';
          }}
        />
      </div>
      {step !== null && <MentorFileStep step={step} file={file} />}
      {step === null && read.kind !== 'list' && (
        <TableQuestion name={PASTED} found={read} onTake={(mentors) => file.take(PASTED, mentors)} />
      )}
      {!isAsking && read.kind === 'list' && (
        <MentorIssues
          mentors={read}
          onEntriesChange={(entries) => {
            onTextChange(pastedTextOf(entries), entries[0], taken);
            focusBox();
          }}
        />
      )}
    </section>
  );
}

/** The table that the ids were taken from, if something else can be taken from it. */
function changeableTableOf(step: FileStep | null, read: MentorFile) {
  const taken = step?.kind === 'taken' ? step.mentors : null;
  const mentors = step === null ? read : taken;
  if (mentors?.kind !== 'list') return null;
  const { table } = mentors;
  const isChangeable = table.isOurs ? findMentors(table).kind === 'unclear' : columnsOf(table).length > 1;
  return isChangeable ? { name: step?.name ?? PASTED, mentors, table } : null;
}

function Summary({ read, step }: { read: MentorFile; step: FileStep | null }) {
  if (step === null && read.kind === 'unclear' && read.question === 'column')
    return 'This is a table. Choose the column with the mentor IDs below.';
  if (step?.kind === 'reading') return `Reading ${step.name} …`;
  if (read.kind !== 'list' || read.ids.length === 0) return 'No mentors yet.';
  const { heading } = (step?.kind === 'taken' && step.mentors) || read;
  return (
    <>
      <FirstAndLast ids={read.ids} />
      <span className="muted">
        {step?.kind === 'taken' && ` · from ${step.name}`}
        {heading !== null && ` · column “${heading}”`}
      </span>
    </>
  );
}
