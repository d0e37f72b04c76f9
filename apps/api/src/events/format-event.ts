import type { WatchEvent } from '@bulk/core';

/** How long a browser waits before it connects again. */
const RECONNECT_MS = 2_000;

/** Before the first event. */
export const PREAMBLE = `retry: ${RECONNECT_MS}\n`;

const texts = new WeakMap<WatchEvent, string>();

/** As it goes over the wire; the many who watch the same share one text. */
export function formatEvent(event: WatchEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const id = event.version === null ? '' : `id: ${event.version}\n`;
  // JSON has no line break of its own, which would end the field.
  const text = `${id}event: ${event.name}\ndata: ${JSON.stringify(event.state)}\n\n`;
  texts.set(event, text);
  return text;
}
