/** A Ctrl-C comes twice at once: from the terminal, and from npx, which passes its own on. */
const SAME_SIGNAL_MS = 500;

/** Aborted by the first Ctrl-C; one more, later, ends the process whatever it is at. */
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
