import { findMentors, type MentorList, type Table, type UnclearTable } from '@bulk/client/mentor-file';
import type { Sheet } from '@bulk/client/spreadsheet';
import { type ReactNode, useEffect, useRef } from 'react';
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
      isBegun
    />
  );
}

interface Props {
  unclear: UnclearTable;
  onAnswer: (mentors: MentorList) => void;
  /** Only a question that somebody began can be cancelled. It gets the focus. */
  onCancel?: (() => void) | undefined;
}

/** Asks whether the first value of a column is a heading. */
export function HeadingQuestion({ unclear: { table, column, heading }, onAnswer, onCancel }: Props) {
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
      answers={[['It is a heading', answer(true)], ['It is a mentor', answer(false)], ...cancelOf(onCancel)]}
      isBegun={onCancel !== undefined}
    />
  );
}

/** Asks which mentors of a results file are meant. */
export function StatusQuestion({ unclear: { table }, onAnswer, onCancel }: Props) {
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
      answers={[...answers, ...cancelOf(onCancel)]}
      isBegun={onCancel !== undefined}
    />
  );
}

type Answer = [label: string, choose: () => void];

function cancelOf(onCancel: Props['onCancel']): Answer[] {
  return onCancel === undefined ? [] : [['Cancel', onCancel]];
}

interface QuestionProps {
  text: ReactNode;
  answers: Answer[];
  isBegun: boolean;
}

function Question({ text, answers, isBegun }: QuestionProps) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isBegun) first.current?.focus();
  }, [isBegun]);
  return (
    <Notice tone="warn" role="alert">
      <p>{text}</p>
      {answers.map(([label, choose], index) => (
        <button
          key={label}
          ref={index === 0 ? first : null}
          type="button"
          className="button verbatim mentor-answer"
          onClick={choose}
        >
          {label}
        </button>
      ))}
    </Notice>
  );
}
