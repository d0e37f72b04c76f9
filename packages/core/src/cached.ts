const CACHED_MS = 2_000;

/**
 * Makes a function that asks once in two seconds at most, whoever calls it, and never again before the last question is
 * answered. A question that fails counts as answered.
 */
export function cached<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null;
  return () => {
    if (answer === null) {
      const forgetLater = () => void setTimeout(() => (answer = null), CACHED_MS).unref();
      answer = ask();
      answer.then(forgetLater, forgetLater);
    }
    return answer;
  };
}
