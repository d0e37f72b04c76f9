import { monotonicMs } from '../clock.ts';
import { answerParent } from '../helper.ts';

/**
 * For the worker of a peer: when the asked number of jobs is done, answers with that instant
 * (`monotonicMs`). @returns what to call after each job
 */
export function countJobs(): () => void {
  let done = 0;
  let wanted: { count: number; answer: (atMs: number) => void } | null = null;
  const answerIfDone = () => {
    if (wanted === null || done < wanted.count) return;
    done -= wanted.count;
    wanted.answer(monotonicMs());
    wanted = null;
  };
  answerParent(({ count }: { count: number }) => {
    return new Promise<number>((answer) => {
      wanted = { count, answer };
      answerIfDone();
    });
  });
  return () => {
    done += 1;
    answerIfDone();
  };
}
