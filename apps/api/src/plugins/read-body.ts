import type { IncomingMessage } from 'node:http';
import { AppError } from '@bulk/core';

/** What each body may have without counting as large. */
const SMALL_BYTES = 64 * 1024;
const RETRY_AFTER_SECONDS = 2;

export interface BodyReader {
  /**
   * Reads a request body to its end.
   *
   * @throws AppError `too_large`; `unavailable` when other large bodies take the room; `bad_request` when it is
   *   broken off
   */
  read(request: IncomingMessage): Promise<Buffer>;
}

/**
 * Makes a reader of request bodies that bounds what those in flight hold together: clients that send slowly, or
 * send no further, must not fill the memory.
 *
 * @param limitBytes of one body
 * @param roomBytes of all large ones together
 */
export function createBodyReader({
  limitBytes,
  roomBytes,
}: {
  limitBytes: number;
  roomBytes: number;
}): BodyReader {
  let takenBytes = 0;

  return {
    read: (request) =>
      new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        let taken = 0;

        const settle = (answer: () => void) => {
          takenBytes -= taken;
          taken = 0;
          request.off('data', collect).off('end', finish).off('error', breakOff).off('close', breakOff);
          // What still comes is read and dropped, so that the client gets to read the answer.
          request.on('error', () => {}).resume();
          answer();
        };
        const refuse = (error: AppError) => settle(() => reject(error));
        const collect = (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          const large = Math.max(0, bytes - SMALL_BYTES);
          takenBytes += large - taken;
          taken = large;
          if (bytes > limitBytes) refuse(tooLarge(limitBytes));
          else if (taken > 0 && takenBytes > roomBytes) refuse(noRoom());
        };
        const finish = () => settle(() => resolve(Buffer.concat(chunks)));
        const breakOff = () => refuse(new AppError('bad_request', 'The request body was broken off.'));

        if (Number(request.headers['content-length'] ?? 0) > limitBytes) refuse(tooLarge(limitBytes));
        else request.on('data', collect).on('end', finish).on('error', breakOff).on('close', breakOff);
      }),
  };
}

export function tooLarge(limitBytes: number): AppError {
  const mebibytes = (limitBytes / 2 ** 20).toLocaleString('en-US', { maximumFractionDigits: 2 });
  return new AppError('too_large', `The request body must have at most ${mebibytes} MiB.`);
}

function noRoom(): AppError {
  return new AppError('unavailable', 'Too many large requests are arriving at once.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
