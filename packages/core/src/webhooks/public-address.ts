import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup as resolve } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** The endpoint is inside the private network, or its name has an address there. */
export class PrivateAddressError extends Error {
  constructor() {
    super('the address is inside the private network');
    this.name = 'PrivateAddressError';
  }
}

/** What is given out of IPv6 (RFC 4291). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether anybody on the internet may have the address: not loopback, private, link-local, shared by a provider,
 * multicast, reserved, or one of these inside an IPv6 address.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST));
}

/** Whether the URL names an address by its numbers, and not a public one. Names are looked up when we connect. */
export function namesPrivateAddress(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(host) && !isPublicAddress(host);
}

type Callback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Makes what looks the name of an endpoint up for a connection, as Node does, and refuses it if any of its addresses is
 * not allowed. The connection goes to the addresses that were looked at, so that a name which changes in between gains
 * nothing.
 */
export function lookupOf(isAllowed: (address: string) => boolean) {
  // One at a time: a name server that does not answer holds one of the few threads that all connections of the
  // process need.
  let underWay: Promise<LookupAddress[]> | null = null;
  return (hostname: string, options: LookupOptions, callback: Callback): void => {
    underWay ??= resolve(hostname, { ...options, all: true }).finally(() => {
      underWay = null;
    });
    underWay
      .then((found) => {
        if (!found.every(({ address }) => isAllowed(address))) throw new PrivateAddressError();
        return found;
      })
      .then(
        (found) => {
          const [{ address, family }] = found as [LookupAddress];
          if (options.all) callback(null, found);
          else callback(null, address, family);
        },
        (error: Error) => callback(error, []),
      );
  };
}
