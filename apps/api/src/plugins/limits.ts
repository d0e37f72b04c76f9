import {
  type Admit,
  ANONYMOUS,
  AppError,
  countInFlight,
  countUse,
  createUseCounter,
  type Deps,
  type Limit,
  type Use,
} from '@bulk/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../fastify-app.ts';

const MINUTE = 60;
const DAY = 86_400;
const IN_FLIGHT_RETRY_SECONDS = 5;

/** Counts the requests of each caller, where there is a limit; says what is left (draft-ietf-httpapi-ratelimit-headers-10). */
export function addLimits(app: App, { db, config }: Pick<Deps, 'db' | 'config'>): void {
  const quota = config.requestsPerMinute;
  if (quota === null) return;
  const limit: Limit = { name: 'requests', quota, windowSeconds: MINUTE };
  const countRequest = createUseCounter(db, limit);
  app.addHook('onRequest', (request, reply, done) => {
    const rule = request.routeOptions.config.access;
    if (rule === undefined || rule === 'everybody' || rule === 'password') return done();
    const admit = (use: Use) => {
      describe(reply, limit, use);
      refuseBeyond(limit, use);
    };
    const use = countRequest(limitedAs(request));
    if (use instanceof Promise) return void use.then(admit).then(() => done(), done);
    admit(use);
    done();
  });
}

/**
 * Makes the check whether a caller may register so many mentors more; null where there is no limit. It throws
 * AppError `too_many_requests` when it is too much for today, or too many registrations are processing.
 */
export function admissionOf(
  { config }: Pick<Deps, 'config'>,
  request: FastifyRequest,
  mentors: number,
): Admit | null {
  const { mentorsPerDay, registrationsInFlight } = config;
  if (mentorsPerDay === null && registrationsInFlight === null) return null;
  return async (tx) => {
    if (registrationsInFlight !== null) {
      const inFlight = await countInFlight(tx, request.caller.name, registrationsInFlight);
      if (inFlight === registrationsInFlight) throw tooManyInFlight(inFlight);
    }
    if (mentorsPerDay === null) return;
    const limit: Limit = { name: 'mentors', quota: mentorsPerDay, windowSeconds: DAY };
    refuseBeyond(limit, await countUse(tx, limit, limitedAs(request), mentors));
  };
}

function tooManyInFlight(count: number): AppError {
  const detail = `You have ${count} registrations that are processing; wait until one is done.`;
  return new AppError('too_many_requests', detail, { retryAfterSeconds: IN_FLIGHT_RETRY_SECONDS });
}

function refuseBeyond({ name, quota, windowSeconds }: Limit, use: Use): void {
  if (use.isAllowed) return;
  const window = windowSeconds === DAY ? 'day' : 'minute';
  const detail = `You may use ${quota} ${name} a ${window}; ${use.remaining} are left.`;
  throw new AppError('too_many_requests', detail, { retryAfterSeconds: use.resetSeconds });
}

/** Callers without a name are told apart by their address. */
function limitedAs({ caller, ip }: FastifyRequest): string {
  return caller === ANONYMOUS ? ip : `key ${caller.name}`;
}

function describe(reply: FastifyReply, { name, quota, windowSeconds }: Limit, use: Use): void {
  reply
    .header('ratelimit-policy', `"${name}";q=${quota};w=${windowSeconds}`)
    .header('ratelimit', `"${name}";r=${use.remaining};t=${use.resetSeconds}`);
}
