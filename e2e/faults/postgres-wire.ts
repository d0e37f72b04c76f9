import type { WireTap } from './interception.ts';
import { cutIntoFrames, HEADER_BYTES } from './postgres-frames.ts';

/** The statements that are told apart. */
export type Statement =
  | 'batch'
  | 'submit'
  | 'retry-commit'
  | 'cancel'
  | 'delete'
  | 'claim-generation'
  | 'enqueue';

const TEXTS: readonly (readonly [Statement, RegExp])[] = [
  ['batch', /registration_is_ours/],
  ['submit', /insert into bulk_registrations/],
  ['cancel', /with cancelled as/],
  ['delete', /delete from [^ ]*bulk_registrations/i],
  ['claim-generation', /set generation = r\.generation \+ 1/],
  ['enqueue', /add_job/i],
];
const BEGINS_RETRY = /set attempt = attempt \+ 1/;
const COMMIT = /^\s*commit\b/i;

const SSL_REQUEST = 80_877_103;
const NAMES_BYTES = 256;

/**
 * Reads along on one connection to PostgreSQL (protocol 3.0) and says when a statement of ours is
 * about to be executed, and when the server has answered it. Prepared statements are known by the
 * text of their Parse.
 */
export function tapPostgres(): WireTap<Statement> {
  const prepared = new Map<string, string>();
  const found: Statement[] = [];
  let isRetrying = false;
  let isStarted = false;

  const meet = (text: string): void => {
    if (BEGINS_RETRY.test(text)) isRetrying = true;
    const statement = TEXTS.find(([, pattern]) => pattern.test(text))?.[0];
    if (statement !== undefined) found.push(statement);
    if (!COMMIT.test(text)) return;
    if (isRetrying) found.push('retry-commit');
    isRetrying = false;
  };

  const requests = cutIntoFrames({
    hasType: () => isStarted,
    wantedBytes: (type, length) => {
      if (type === 'P' || type === 'Q') return length;
      return type === 'B' ? Math.min(length, HEADER_BYTES + NAMES_BYTES) : 0;
    },
    onFrame(type, frame) {
      if (!isStarted) {
        isStarted = frame.length < 8 || frame.readInt32BE(4) !== SSL_REQUEST;
        return;
      }
      const [first = '', second = ''] = frame.subarray(HEADER_BYTES).toString('latin1').split('\0', 2);
      if (type === 'P') prepared.set(first, second);
      else if (type === 'B') meet(prepared.get(second) ?? '');
      else if (type === 'Q') meet(first);
    },
  });

  let isComplete = false;
  let isRefused = false;
  const replies = cutIntoFrames({
    hasType: () => true,
    wantedBytes: () => 0,
    onFrame(type) {
      if (type === 'E') isRefused = true;
      if (type === 'Z') isComplete = true;
    },
  });

  return {
    request(chunk) {
      found.length = 0;
      requests(chunk);
      return found[0] ?? null;
    },
    reply(chunk) {
      isComplete = false;
      replies(chunk);
      if (!isComplete) return null;
      const outcome = isRefused ? 'refused' : 'done';
      isRefused = false;
      return outcome;
    },
  };
}
