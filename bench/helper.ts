import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A script of the benchmark in a process of its own, which answers each question with one message. */
export interface Helper<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

/** @param script as a path from this file; it says when it is ready, in any words */
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
    async stop() {
      child.kill();
      await ended;
    },
  };
}
