import type { Socket } from 'node:net';
import { AppError } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';

/**
 * Answers what Node would refuse without a body: a request without a host, and one that expects what nobody knows.
 * The latter is answered as if it expected nothing (RFC 9110, 10.1.1).
 */
export function answerNodeRefusals(app: App): void {
  app.server.on('checkExpectation', (...exchange) => app.server.emit('request', ...exchange));
  app.addHook('onRequest', (request, reply, done) => {
    if (request.headers.host !== undefined || request.raw.httpVersion === '1.0') return done();
    reply.header('connection', 'close');
    done(new AppError('bad_request', 'The request has no Host header.'));
  });
}

/** For what Node's HTTP parser refuses: there is no request yet, only a socket. */
export function answerParserError({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(answerTo(code));
  socket.destroySoon();
}

function answerTo(code: string): string {
  const { status, reason, message } = fieldErrorOf(code);
  const body = JSON.stringify({ ...problemOf({ code: 'bad_request', message, fieldErrors: [] }), status });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Connection: close',
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function fieldErrorOf(code: string): { status: number; reason: string; message: string } {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        reason: 'Request Header Fields Too Large',
        message: 'Address and headers are too long.',
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, reason: 'Request Timeout', message: 'The request took too long to arrive.' };
    default:
      return { status: 400, reason: 'Bad Request', message: 'What arrived is not an HTTP/1.1 request.' };
  }
}
