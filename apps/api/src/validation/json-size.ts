import { AppError } from '@bulk/core';

/** The largest request is one object with a list of 100,000 ids; this leaves room to say what is wrong with others. */
const MAX_DEPTH = 20;
const MAX_CONTAINERS = 250_000;
const MAX_MEMBERS = 250_000;

const [QUOTE, BACKSLASH, COLON] = Buffer.from('"\\:');

/** By byte: 1 where an object or a list begins, -1 where it ends. */
const DEPTH_CHANGE = new Int8Array(256);
for (const byte of Buffer.from('{[')) DEPTH_CHANGE[byte] = 1;
for (const byte of Buffer.from('}]')) DEPTH_CHANGE[byte] = -1;

/**
 * Counts objects, lists and members before anything is built of them: 32 MiB of `[[[[` would
 * become a gigabyte. Exact for JSON, and for anything else up to where the parser stops.
 *
 * @throws AppError
 */
export function refuseOutsizedJson(bytes: Buffer): void {
  let depth = 0;
  let containers = 0;
  let members = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COLON) members++;
    else {
      const change = DEPTH_CHANGE[byte] ?? 0;
      depth += change;
      if (change > 0) containers++;
    }
    if (depth > MAX_DEPTH || containers > MAX_CONTAINERS || members > MAX_MEMBERS) throw outsized();
  }
}

function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

function outsized(): AppError {
  const detail = 'The request body is more deeply nested, or has more parts, than any request here.';
  return new AppError('bad_request', detail);
}
