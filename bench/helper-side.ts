/**
 * In a helper's own process, the other end of helper.ts: says that it is ready, answers each
 * question, and ends with whoever started it. An answer that fails ends the helper.
 */
export function answerParent<Question, Answer>(answer: (question: Question) => Promise<Answer>): void {
  process.on('message', (question: Question) => {
    void answer(question).then((found) => process.send?.(found));
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}
