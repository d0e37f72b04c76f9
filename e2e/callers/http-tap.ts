import type { WireTap } from '../faults/interception.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** Tells requests by their method; an answer counts as whole when it has begun, as the small ones are. */
export function httpTap(): WireTap<Method> {
  return {
    request: (chunk) => METHODS.find((method) => chunk.toString('latin1').startsWith(`${method} `)) ?? null,
    reply: () => 'done',
  };
}
