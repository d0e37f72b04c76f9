import { monotonicMs } from '../clock.ts';
import { answerParent } from '../helper.ts';

/**
 * In the worker of a peer: answers with the instant (`monotonicMs`) at which as many jobs as asked
 * for are done. @returns what to call for each job done
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
