/** One Ctrl-C can arrive twice: from the terminal, and from npx, which forwards it. */
const SAME_SIGNAL_MS = 500;

/** Returns a signal that the first Ctrl-C aborts. A second Ctrl-C ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (firstAt > 0 && Date.now() - firstAt > SAME_SIGNAL_MS) process.exit(130);
      firstAt ||= Date.now();
      controller.abort();
    });
  }
  return controller.signal;
}
