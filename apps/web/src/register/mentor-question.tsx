import { findMentors, type MentorList, type Table, type UnclearTable } from '@bulk/client/mentor-file';
import type { Sheet } from '@bulk/client/spreadsheet';
import type { ReactNode } from 'react';
import { Notice } from '../components/notice.tsx';
import { count } from '../format.ts';

interface SheetProps {
  name: string;
  sheets: Sheet[];
  onChoose: (table: Table) => void;
}

/** Asks which sheet of a spreadsheet has the mentor ids. */
export function SheetQuestion({ name, sheets, onChoose }: SheetProps) {
  return (
    <Question
      text={
        <>
          <strong className="verbatim">{name}</strong> has several sheets. Which one has the mentor IDs?
        </>
      }
      answers={sheets.map((sheet) => [sheet.name, () => onChoose(sheet.table)])}
    />
  );
}

interface Props {
  unclear: UnclearTable;
  onAnswer: (mentors: MentorList) => void;
}

/** Asks whether the first value of a column is a heading. */
export function HeadingQuestion({ unclear: { table, column, heading }, onAnswer }: Props) {
  const answer = (hasHeading: boolean) => () => {
    const found = findMentors(table, { column, hasHeading });
    if (found.kind === 'list') onAnswer(found);
  };
  return (
    <Question
      text={
        <>
          Is <strong className="verbatim">{heading}</strong>, the first value, a heading or a mentor?
        </>
      }
      answers={[
        ['It is a heading', answer(true)],
        ['It is a mentor', answer(false)],
      ]}
    />
  );
}

/** Asks which mentors of a results file are meant. */
export function StatusQuestion({ unclear: { table }, onAnswer }: Props) {
  const answers = (['failed', 'all'] as const).flatMap((status): Answer[] => {
    const found = findMentors(table, { status });
    if (found.kind !== 'list') return [];
    const number = count(found.ids.length);
    const label = status === 'failed' ? `Only the ${number} failed` : `All ${number}`;
    return [[label, () => onAnswer(found)]];
  });
  return (
    <Question
      text="This is a results file. Which of its mentors do you want to register?"
      answers={answers}
    />
  );
}

type Answer = [label: string, choose: () => void];

function Question({ text, answers }: { text: ReactNode; answers: Answer[] }) {
  return (
    <Notice tone="warn" role="alert">
      <p>{text}</p>
      {answers.map(([label, choose]) => (
        <button key={label} type="button" className="button verbatim" onClick={choose}>
          {label}
        </button>
      ))}
    </Notice>
  );
}
