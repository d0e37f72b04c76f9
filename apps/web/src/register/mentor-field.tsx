import { type DragEvent, useRef, useState } from 'react';
import { Notice } from '../components/notice.tsx';
import { counted } from '../format.ts';
import './mentor-field.css';
import { type MentorList, pastedTextOf, readMentorFile, type UnusableTable } from './mentor-list.ts';
import { readFileText } from './read-file-text.ts';
import { TextField } from './text-field.tsx';

interface Props {
  text: string;
  onTextChange: (text: string) => void;
  read: MentorList | UnusableTable;
}

/** Mentors are pasted, typed, or come from a file that is dropped; what is in the box counts. */
export function MentorField({ text, onTextChange, read }: Props) {
  const [file, setFile] = useState<ReadFile | null>(null);
  const [isDraggedOver, setIsDraggedOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);

  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    const content = readMentorFile(await readFileText(chosen));
    setFile({ name: chosen.name, content });
    if (content.kind === 'list') onTextChange(pastedTextOf(content));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsDraggedOver(false);
    void take(event.dataTransfer.files[0]);
  };

  return (
    <section
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
      <TextField
        label="Mentor ids"
        name="mentor_ids"
        value={text}
        onValueChange={(value) => {
          setFile(null);
          onTextChange(value);
        }}
        hint="Paste them as they are: one a line, or with commas, semicolons or tabs between. Or drop a CSV file here."
        control={<textarea rows={9} className="input mono" spellCheck={false} />}
      />
      <div className="row mentor-field-foot">
        <p role="status">
          <Summary read={read} />
          {file?.content.kind === 'list' && (
            <span className="muted">
              {' '}
              · from {file.name}
              {columnOf(file.content)}
            </span>
          )}
        </p>
        <button type="button" className="button" onClick={() => chooser.current?.click()}>
          Choose a file …
        </button>
        <input
          ref={chooser}
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          hidden
          onChange={(event) => {
            void take(event.target.files?.[0]);
            // The same file may be chosen again, once it is mended.
            event.target.value = '';
          }}
        />
      </div>
      {file?.content.kind === 'unusable' && <Unusable name={file.name} lines={file.content.firstLines} />}
      {read.kind === 'unusable' && <Unusable name="What you pasted" lines={read.firstLines} />}
    </section>
  );
}

interface ReadFile {
  name: string;
  content: MentorList | UnusableTable;
}

function Summary({ read }: { read: MentorList | UnusableTable }) {
  if (read.kind === 'unusable') return 'No mentors yet';
  const repeated = read.entries.length - read.ids.length;
  return (
    <>
      <strong className="numeric">
        {read.ids.length === 0 ? 'No mentors yet' : counted(read.ids.length, 'mentor')}
      </strong>
      {repeated > 0 && ` · ${counted(repeated, 'repeated id')} folded`}
      {read.heading !== null && ` · the heading “${read.heading}” left out`}
    </>
  );
}

function Unusable({ name, lines }: { name: string; lines: string[] }) {
  return (
    <Notice tone="bad" role="alert">
      <div className="mentor-unusable">
        <p>
          <strong className="verbatim">{name}</strong> has no column that can be used. Give the column with
          the ids the heading <code>mentor_id</code>, or keep that column only.{' '}
          {lines.length > 0 ? 'It begins with:' : 'It is empty.'}
        </p>
        {lines.length > 0 && <pre>{lines.join('\n')}</pre>}
      </div>
    </Notice>
  );
}

function columnOf({ heading }: MentorList): string {
  return heading === null ? '' : `, column “${heading}”`;
}
