import { type MentorFile, pastedTextOf, readMentorFile } from '@bulk/client/mentor-file';
import { type DragEvent, useRef, useState } from 'react';
import { Notice } from '../components/notice.tsx';
import { counted } from '../format.ts';
import './mentor-field.css';
import { readFileText } from './read-file-text.ts';
import { TextField } from './text-field.tsx';

interface Props {
  text: string;
  /** `firstMentor` is known to be no heading. */
  onTextChange: (text: string, firstMentor?: string) => void;
  read: MentorFile;
}

/** Mentors are pasted, typed, or come from a file that is dropped; what is in the box counts. */
export function MentorField({ text, onTextChange, read }: Props) {
  const [file, setFile] = useState<{ name: string; content: MentorFile } | null>(null);
  const [isDraggedOver, setIsDraggedOver] = useState(false);
  const section = useRef<HTMLElement>(null);
  const chooser = useRef<HTMLInputElement>(null);

  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    const content = readMentorFile(await readFileText(chosen));
    setFile({ name: chosen.name, content });
    const entries = content.kind === 'unusable' ? [] : content.entries;
    // A heading that is unclear goes into the box as well: there it is asked about.
    const firstMentor = content.kind === 'list' ? entries[0] : undefined;
    if (entries.length > 0) onTextChange(pastedTextOf(entries), firstMentor);
  };
  /** The buttons go away, and would take the focus with them. */
  const answer = (newText: string, firstMentor?: string) => {
    section.current?.querySelector('textarea')?.focus();
    onTextChange(newText, firstMentor);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsDraggedOver(false);
    void take(event.dataTransfer.files[0]);
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
              {file.content.heading !== null && `, column “${file.content.heading}”`}
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
      {file?.content.kind === 'unusable' && <Unusable name={file.name} {...file.content} />}
      {file?.content.kind === 'list' && file.content.ids.length === 0 && (
        <Unusable name={file.name} problem="has no mentor ids" firstLines={[]} />
      )}
      {read.kind === 'unusable' && <Unusable name="What you pasted" {...read} />}
      {read.kind === 'unclear' && (
        <Notice tone="warn" role="alert">
          <p>
            Is <strong className="verbatim">{read.heading}</strong>, the first value, a heading or a mentor?
          </p>
          <button
            type="button"
            className="button"
            onClick={() => answer(pastedTextOf(read.entries.slice(1)))}
          >
            It is a heading
          </button>
          <button type="button" className="button" onClick={() => answer(text, read.heading)}>
            It is a mentor
          </button>
        </Notice>
      )}
    </section>
  );
}

function Summary({ read }: { read: MentorFile }) {
  if (read.kind !== 'list') return 'No mentors yet';
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

function Unusable({ name, problem, firstLines }: { name: string; problem: string; firstLines: string[] }) {
  return (
    <Notice tone="bad" role="alert">
      <div className="mentor-unusable">
        <p>
          <strong className="verbatim">{name}</strong> {problem}.{' '}
          {firstLines.length > 0 &&
            'Give the column with the ids the heading mentor_id, or keep that column only. It begins with:'}
        </p>
        {firstLines.length > 0 && <pre>{firstLines.join('\n')}</pre>}
      </div>
    </Notice>
  );
}
