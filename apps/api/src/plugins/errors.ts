import { PROBLEMS } from '@bulk/contract';
import { AppError, toAppError } from '@bulk/core';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../fastify-app.ts';
import { collectMethods } from './methods.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';
import { tooLarge } from './read-body.ts';

/** For outages that don't say themselves when to try again. */
const RETRY_AFTER_SECONDS = 5;
/** RFC 6750; the dashboard sends its own. */
const CHALLENGE = 'Bearer realm="Bulk registrations"';

/** Whatever goes wrong is answered as a problem (RFC 9457) of the contract's table. */
export function addProblems(app: App): void {
  app.setErrorHandler((error, request, reply) => answerProblem(error, request, reply));
  const methodsAt = collectMethods(app);
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsAt(request.url);
    if (methods.length === 0) return answerProblem(nothingHere(), request, reply);
    reply.header('allow', methods.join(', '));
    answerProblem(otherMethods(request.method, methods), request, reply);
  });
}

/** For errors that Fastify meets before it has a route: an address it cannot decode. */
export function answerFrameworkError(
  _error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  answerProblem(nothingHere(), request, reply);
}

function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = error instanceof AppError ? error : (toAppError(error) ?? refusalOf(error, request));
  const answer =
    known ?? new AppError('internal', `The service failed; the error was logged under ${request.id}.`);
  const { status } = PROBLEMS[answer.code];

  if (status >= 500) request.log.error({ err: error, problem: answer.code }, 'request failed');
  else request.log.info({ problem: answer.code, fieldErrors: answer.fieldErrors.length }, 'request refused');

  const retryAfterSeconds = answer.retryAfterSeconds ?? (status === 503 ? RETRY_AFTER_SECONDS : null);
  if (retryAfterSeconds !== null) reply.header('retry-after', String(retryAfterSeconds));
  if (status === 401 && !reply.hasHeader('www-authenticate')) reply.header('www-authenticate', CHALLENGE);
  // A body that was refused before its end is not waited for.
  if (!request.raw.complete) reply.header('connection', 'close');
  // Serialized here: a route's schema must not get in the way of saying what went wrong.
  reply.code(status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(problemOf(answer));
}

/**
 * What Fastify and its plug-ins refuse by themselves, in our words: theirs name libraries and codes.
 *
 * @returns null for what nobody foresaw
 */
function refusalOf(error: unknown, request: FastifyRequest): AppError | null {
  // Even null can be thrown.
  const statusCode = (error as Partial<FastifyError> | null | undefined)?.statusCode ?? 500;
  switch (statusCode) {
    case 401:
      return new AppError('unauthorized', 'Send user name and password with HTTP Basic authentication.');
    case 404:
      return nothingHere();
    case 413:
      return tooLarge(request.routeOptions.bodyLimit);
    case 415:
      return new AppError(
        'unsupported_media_type',
        'Send the request body with content-type: application/json.',
      );
    default:
      if (statusCode < 400 || statusCode >= 500) return null;
      return new AppError('bad_request', 'The request could not be read to its end, or contradicts itself.');
  }
}

function nothingHere(): AppError {
  return new AppError('not_found', 'No route of this service has this method and path.');
}

function otherMethods(method: string, methods: readonly string[]): AppError {
  return new AppError('method_not_allowed', `${method} is not possible here, only ${methods.join(', ')}.`);
}
