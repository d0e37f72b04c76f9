import { percentOf } from '../progress/progress.ts';
import type { RegistrationSnapshot } from '../progress/registration-snapshot.ts';

/** Makes what the dashboard shows of a job: where its registration stands. It draws `progress`, in percent. */
export function jobSummaryOf(at: RegistrationSnapshot) {
  const { status, mentorCount, successCount, failureCount, undoneCount, keptCount } = at;
  const undo = at.undoCount > 0 && { undone: undoneCount, kept: keptCount };
  const counts = { mentors: mentorCount, succeeded: successCount, failed: failureCount, ...undo };
  return { status, ...counts, progress: percentOf(at) };
}
