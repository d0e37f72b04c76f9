import { useSyncExternalStore } from 'react';
import { kept } from '../storage.ts';

/** Whether this page has a key of the service. */
export type Session =
  /** The service has not asked for a key. */
  | 'open'
  | 'signed-in'
  /** The service asks for a key, or the user has signed out. */
  | 'signed-out'
  /** The service no longer accepts the key. */
  | 'refused';

// sessionStorage keeps the key over a reload, for this tab alone. The variable is for browsers that store nothing.

const STORAGE_KEY = 'api-key';

let key = kept(() => sessionStorage.getItem(STORAGE_KEY)) ?? undefined;
let session: Session = key === undefined ? 'open' : 'signed-in';
const listeners = new Set<() => void>();

export function currentKey(): string | undefined {
  return key;
}

export function useSession(): Session {
  return useSyncExternalStore(subscribe, () => session);
}

/** Tells whether the user has to enter a key first. */
export function useIsKeyNeeded(): boolean {
  const current = useSession();
  return current === 'signed-out' || current === 'refused';
}

export function signIn(newKey: string): void {
  key = newKey;
  kept(() => sessionStorage.setItem(STORAGE_KEY, newKey));
  change('signed-in');
}

export function signOut(): void {
  forgetKey();
  change('signed-out');
}

/** Asks for a key after the service has refused the one that was sent; undefined: none was sent. */
export function refuseKey(sent: string | undefined): void {
  // Otherwise the answer is late, and the key is another one by now.
  if (sent !== key || session === 'signed-out') return;
  forgetKey();
  change(sent === undefined ? 'signed-out' : 'refused');
}

function forgetKey(): void {
  key = undefined;
  kept(() => sessionStorage.removeItem(STORAGE_KEY));
}

function change(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
