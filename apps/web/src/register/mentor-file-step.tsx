import { findMentors, type MentorFile, type MentorList } from '@bulk/client/mentor-file';
import { Notice } from '../components/notice.tsx';
import { ColumnPicker } from './column-picker.tsx';
import { HeadingQuestion, SheetQuestion, StatusQuestion } from './mentor-question.tsx';
import type { FileStep, useMentorFile } from './use-mentor-file.ts';

interface Props {
  step: FileStep;
  file: ReturnType<typeof useMentorFile>;
}

/** Renders what a file needs next: an answer, or another file. */
export function MentorFileStep({ step, file }: Props) {
  const { name } = step;
  if (step.kind === 'empty') return <Problem name={name} problem="has no mentor IDs" />;
  if (step.kind === 'unusable') return <Problem name={name} {...step.file} />;
  if (step.kind === 'sheets') {
    return <SheetQuestion name={name} sheets={step.sheets} onChoose={(table) => file.open(name, table)} />;
  }
  if (step.kind !== 'asking') return null;
  return (
    <TableQuestion
      name={name}
      found={findMentors(step.table)}
      chosenColumn={step.mentors?.column}
      onTake={(mentors) => file.take(name, mentors)}
      onCancel={() => file.cancel(step)}
    />
  );
}

interface QuestionProps {
  name: string;
  found: MentorFile;
  chosenColumn?: number | undefined;
  onTake: (mentors: MentorList) => void;
  /** Missing: the question stays until it is answered. */
  onCancel?: () => void;
}

/** Asks which values of a table are mentor ids. */
export function TableQuestion({ name, found, onTake, ...picker }: QuestionProps) {
  if (found.kind === 'unusable') return <Problem name={name} {...found} />;
  if (found.kind === 'unclear' && found.question === 'heading')
    return <HeadingQuestion unclear={found} onAnswer={onTake} onCancel={picker.onCancel} />;
  if (found.kind === 'unclear' && found.question === 'status')
    return <StatusQuestion unclear={found} onAnswer={onTake} onCancel={picker.onCancel} />;
  return <ColumnPicker name={name} table={found.table} onUse={onTake} {...picker} />;
}

function Problem({
  name,
  problem,
  firstLines = [],
}: {
  name: string;
  problem: string;
  firstLines?: string[];
}) {
  return (
    <Notice tone="bad" role="alert">
      <div className="mentor-unusable">
        <p>
          <strong className="verbatim">{name}</strong> {problem}.{firstLines.length > 0 && ' It begins with:'}
        </p>
        {firstLines.length > 0 && <pre>{firstLines.join('\n')}</pre>}
      </div>
    </Notice>
  );
}
