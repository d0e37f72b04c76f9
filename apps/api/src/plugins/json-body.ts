import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { AppError, type Config } from '@bulk/core';
import type { FastifyRequest } from 'fastify';
import type { App } from '../fastify-app.ts';
import { refuseOutsizedJson } from '../validation/json-size.ts';
import { pointerTo } from '../validation/pointer.ts';
import { createBodyReader } from './read-body.ts';

const RESERVED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Bodies are JSON in UTF-8; any other content type is refused, and so is what is compressed. */
export function addJsonBodies(app: App, { bodyLimitBytes }: Pick<Config, 'bodyLimitBytes'>): void {
  const reader = createBodyReader({ limitBytes: bodyLimitBytes, roomBytes: 1.5 * bodyLimitBytes });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', async (_request: unknown, payload: IncomingMessage) => {
    refuseEncoded(payload);
    refuseOtherCharset(payload);
    return parseJsonBody(await reader.read(payload));
  });
  // Each step of a large request may hold up the others; all of them in a row need not.
  app.addHook('preValidation', letOthersGoFirst);
  app.addHook('preHandler', letOthersGoFirst);
}

const LARGE_BYTES = 2 ** 20;

async function letOthersGoFirst({ headers }: Pick<FastifyRequest, 'headers'>): Promise<void> {
  if (Number(headers['content-length'] ?? 0) > LARGE_BYTES) await setImmediate();
}

function refuseEncoded({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() === 'identity') return;
  throw unsupported('Content-Encoding', 'must be left out: request bodies are not compressed');
}

/** RFC 8259, 8.1. Read as UTF-8, an id in another encoding would be another id. */
function refuseOtherCharset({ headers }: IncomingMessage): void {
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (/^utf-?8$/i.test(charset)) return;
  throw unsupported('Content-Type', 'must name no charset but utf-8');
}

function unsupported(header: string, detail: string): AppError {
  return new AppError('unsupported_media_type', `${header} ${detail}.`, {
    fieldErrors: [{ header: header.toLowerCase(), code: 'not_allowed', detail }],
  });
}

/** @returns undefined for no body at all; whether one is needed, the route's schema knows */
async function parseJsonBody(bytes: Buffer): Promise<unknown> {
  if (bytes.length === 0) return undefined;
  // Decoding would turn what is not UTF-8 into U+FFFD, and so different ids into the same one.
  if (!isUtf8(bytes)) throw new AppError('bad_request', 'The request body is not valid UTF-8.');
  refuseOutsizedJson(bytes);
  if (bytes.length > LARGE_BYTES) await setImmediate();
  const value = parse(withoutByteOrderMark(bytes).toString('utf8'));
  refuseReservedKeys(value);
  return value;
}

function withoutByteOrderMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notJson(error);
  }
}

function notJson(cause: unknown): AppError {
  const position = /at position (\d+)/.exec(String(cause))?.[1];
  const place = position === undefined ? '' : `, at character ${Number(position) + 1}`;
  return new AppError('bad_request', `The request body is not valid JSON${place}.`, { cause });
}

/** `JSON.parse` makes plain own fields of them, but one careless copy later they would be the prototype. */
function refuseReservedKeys(value: unknown, path: readonly string[] = []): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      if (typeof item === 'object') refuseReservedKeys(item, [...path, String(index)]);
    });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (RESERVED_KEYS.has(key)) throw reservedKey([...path, key], key);
      if (typeof inner === 'object') refuseReservedKeys(inner, [...path, key]);
    }
  }
}

function reservedKey(path: readonly string[], key: string): AppError {
  return new AppError('validation', `${key} is not a field of this request.`, {
    fieldErrors: [
      { pointer: pointerTo(path), code: 'unknown_field', detail: 'is not a field of this request' },
    ],
  });
}
