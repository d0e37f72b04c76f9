import {
  findMentors,
  type MentorList,
  pastedTextOf,
  type Table,
  type UnusableFile,
} from '@bulk/client/mentor-file';
import type { Sheet } from '@bulk/client/spreadsheet';
import { useRef, useState } from 'react';
import { readSheets } from './read-sheets.ts';

interface Source {
  name: string;
  table: Table;
  /** null: nobody has chosen yet. */
  mentors: MentorList | null;
}

/** What is going on with a file, or with a table that was pasted. */
export type FileStep =
  | { kind: 'reading' | 'empty'; name: string }
  | { kind: 'unusable'; name: string; file: UnusableFile }
  | { kind: 'sheets'; name: string; sheets: Sheet[] }
  | ({ kind: 'asking' | 'taken' } & Source);

interface Options {
  /** What is in the box. A new file replaces it, unless it turns out to be of no use. */
  text: string;
  /** `firstMentor` is known to be no heading. */
  onTextChange: (text: string, firstMentor?: string, file?: MentorList) => void;
  /** When a question was answered: its buttons go away. */
  onAnswered: () => void;
}

/**
 * The steps from a file to its mentor ids: read it, ask for what is not clear, take the ids.
 */
export function useMentorFile({ text, onTextChange, onAnswered }: Options) {
  const [step, setStep] = useState<FileStep | null>(null);
  const textBefore = useRef('');
  const lastChosen = useRef(0);

  const stop = (next: FileStep | null) => {
    setStep(next);
    onTextChange(textBefore.current);
  };
  const take = (name: string, mentors: MentorList) => {
    if (mentors.ids.length === 0) return stop({ kind: 'empty', name });
    setStep({ kind: 'taken', name, table: mentors.table, mentors });
    onTextChange(pastedTextOf(mentors.entries), mentors.entries[0], mentors);
  };
  const ask = (name: string, table: Table, mentors: MentorList | null) =>
    setStep({ kind: 'asking', name, table, mentors });
  const open = (name: string, table: Table) => {
    const found = findMentors(table);
    if (found.kind === 'list') take(name, found);
    else if (found.kind === 'unusable') stop({ kind: 'unusable', name, file: found });
    else ask(name, table, null);
  };

  return {
    step,
    ask,
    take: (name: string, mentors: MentorList) => {
      take(name, mentors);
      onAnswered();
    },
    open: (name: string, table: Table) => {
      open(name, table);
      onAnswered();
    },
    cancel: ({ name, table, mentors }: Source) => {
      if (mentors === null) stop(null);
      else setStep({ kind: 'taken', name, table, mentors });
      onAnswered();
    },
    forget: () => {
      lastChosen.current += 1;
      setStep(null);
    },
    read: async (file: File) => {
      lastChosen.current += 1;
      const mine = lastChosen.current;
      const { name } = file;
      setStep({ kind: 'reading', name });
      textBefore.current = text;
      onTextChange('');
      const sheets = await readSheets(file);
      // Another file was chosen meanwhile, or somebody typed.
      if (lastChosen.current !== mine) return;
      if ('kind' in sheets) stop({ kind: 'unusable', name, file: sheets });
      else if (sheets.length > 1) setStep({ kind: 'sheets', name, sheets });
      else if (sheets[0]) open(name, sheets[0].table);
      else stop({ kind: 'empty', name });
    },
  };
}
