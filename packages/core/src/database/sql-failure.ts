import type { FailureCode, TransientErrorCode } from '@bulk/contract';

/**
 * What a failed statement means.
 *
 * - superseded: the batch was written by somebody else meanwhile, or its registration is cancelled,
 *   deleted, finished or on another attempt
 * - duplicate: a mentor has the activity, where none was expected to
 * - data: the database refuses a value of a record; trying again would fail again
 * - transient: everything else; trying again may help, and nothing follows from it. So is an id that is taken:
 *   no record is to blame for a sequence that lags behind its table, as after an import (`isSequenceBehind`)
 */
export type SqlFailure =
  | { kind: 'superseded' }
  | { kind: 'duplicate' }
  | { kind: 'data'; code: FailureCode }
  | { kind: 'transient'; code: TransientErrorCode };

/** Classes of SQLSTATE (PostgreSQL manual, appendix A) that blame the data. */
const DATA_ERROR_CLASSES: Readonly<Record<string, FailureCode>> = {
  '22': 'invalid_value',
  '23': 'constraint_violated',
  '54': 'limit_exceeded',
  P0: 'rejected',
};

/** Serialization failure, deadlock, lock not available, query cancelled by a timeout. */
const BUSY_STATES = new Set(['40001', '40P01', '55P03', '57014']);

/** Of the statements here only a connection can meet it: to a database that is closed for maintenance. */
const NOT_ACCEPTING_CONNECTIONS = '55000';

/** Connection exceptions, operator intervention, insufficient resources, system errors. */
const UNAVAILABLE_CLASSES = new Set(['08', '57', '53', '58']);

/** Tells what an error of a statement means, by its SQLSTATE (PostgreSQL manual, appendix A). */
export function classifySqlFailure(error: unknown): SqlFailure {
  const { state, text } = describe(error);
  if (state === null)
    return { kind: 'transient', code: isConnectionFailure(error) ? 'database_unavailable' : 'internal' };
  if (state === '23514' && text.includes('registration_is_ours')) return { kind: 'superseded' };
  if (state === '23505' && text.includes('activities_once_per_mentor')) return { kind: 'duplicate' };
  if (isSequenceBehind(error)) return { kind: 'transient', code: 'internal' };

  const stateClass = state.slice(0, 2);
  const code = DATA_ERROR_CLASSES[stateClass];
  if (code !== undefined) return { kind: 'data', code };
  if (BUSY_STATES.has(state)) return { kind: 'transient', code: 'database_busy' };
  if (state === NOT_ACCEPTING_CONNECTIONS || UNAVAILABLE_CLASSES.has(stateClass))
    return { kind: 'transient', code: 'database_unavailable' };
  return { kind: 'transient', code: 'internal' };
}

/**
 * Tells whether a sequence gave out an id that is taken: it is behind its table, as after an import or a failover
 * by logical replication. `npm run doctor` says which, and the command that mends it.
 */
export function isSequenceBehind(error: unknown): boolean {
  const { state, text } = describe(error);
  return state === '23505' && /(activities|bulk_registrations|webhook_deliveries)_pkey/.test(text);
}

/** Tells whether a registration of the same coordinator has the external reference already. */
export function isReferenceTaken(error: unknown): boolean {
  const { state, text } = describe(error);
  return state === '23505' && text.includes('external_reference_once_per_coordinator');
}

interface Described {
  /** SQLSTATE; null when no server answered. */
  state: string | null;
  text: string;
}

/** Where Prisma puts the driver's error: `meta.driverAdapterError.cause`, or `cause` itself. */
function describe(error: unknown): Described {
  const cause = child(child(child(error, 'meta'), 'driverAdapterError'), 'cause') ?? child(error, 'cause');
  const state = child(cause, 'originalCode');
  const text = child(cause, 'originalMessage');
  return { state: typeof state === 'string' ? state : null, text: typeof text === 'string' ? text : '' };
}

/** What the driver adapter calls a begin or commit that got no answer; Prisma hands these on as they are. */
const ADAPTER_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout']);

/** What has no SQLSTATE: Prisma's codes for it, and the driver's own errors, which have no code. */
function isConnectionFailure(error: unknown): boolean {
  const code = child(error, 'code');
  if (typeof code === 'string') return /^(P1\d{3}|P2010|P2024|P2028|E[A-Z]+)$/.test(code);
  const kind = child(child(error, 'cause'), 'kind');
  if (typeof kind === 'string') return ADAPTER_KINDS.has(kind);
  const message = child(error, 'message');
  return (
    typeof message === 'string' &&
    /^(timeout exceeded when|Connection terminated|Query read timeout|Client (has encountered|was closed))/.test(
      message,
    )
  );
}

function child(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
