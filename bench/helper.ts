import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A script of the benchmark in a process of its own. It answers each question with one message. */
export interface Helper<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/** @param script as a path from this file; its first message says that it is ready */
export async function startHelper<Question extends object, Answer>(
  script: string,
  args: readonly string[] = [],
): Promise<Helper<Question, Answer>> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args);
  const ended = once(child, 'exit');
  const failed = ended.then(([code]) => {
    throw new Error(`${script} ended with ${code}`);
  });
  failed.catch(() => {});
  const next = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(child, 'message'), failed])) as [unknown];
    return message;
  };
  await next();

  return {
    async ask(question) {
      const answered = next();
      child.send(question);
      return (await answered) as Answer;
    },
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

/**
 * The other end, in the script's own process: says that it is ready, answers each question, and ends
 * with the process that started it. An answer that fails ends the script.
 */
export function answerParent<Question, Answer>(answer: (question: Question) => Promise<Answer>): void {
  process.on('message', (question: Question) => {
    void answer(question).then((found) => process.send?.(found));
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}
