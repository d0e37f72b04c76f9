import { hash } from 'node:crypto';
import type { Socket } from 'node:net';
import { AppError } from '@bulk/core';

/** What a bearer sends (RFC 6750), and its SHA-256. */
export interface Token {
  text: string;
  digest: string;
}

/** Of a header that is longer nothing is read. */
const MAX_LENGTH = 8_192;

/** The last one of each connection: the next request on it nearly always has the same. */
const lastTokens = new WeakMap<Socket, Token & { authorization: string | undefined }>();

/**
 * Reads the token of an Authorization header.
 *
 * @throws AppError `unauthorized`
 */
export function readToken(authorization: string | undefined, socket: Socket): Token {
  const last = lastTokens.get(socket);
  if (last !== undefined && last.authorization === authorization) return last;
  const [, text] = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization?.slice(0, MAX_LENGTH) ?? '') ?? [];
  if (text === undefined) {
    throw new AppError('unauthorized', 'Send your key in the header Authorization: Bearer <key>.');
  }
  const token = { authorization, text, digest: hash('sha256', text, 'base64') };
  lastTokens.set(socket, token);
  return token;
}
