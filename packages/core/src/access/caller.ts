/** What a caller may do: each role also what the one before it may. */
export const ROLES = ['viewer', 'coordinator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who sent a request. */
export interface Caller {
  /** The name of the key, or the subject of the token. */
  readonly name: string;
  readonly role: Role;
  /** The coordinators whose registrations the caller sees and changes; null: all. */
  readonly coordinatorIds: readonly string[] | null;
}

/** Everybody, where the API is open. */
export const ANONYMOUS: Caller = { name: 'anonymous', role: 'admin', coordinatorIds: null };

export function hasRole(caller: Caller, role: Role): boolean {
  return ROLES.indexOf(caller.role) >= ROLES.indexOf(role);
}

export function mayActFor({ coordinatorIds }: Caller, coordinatorId: string): boolean {
  return coordinatorIds === null || coordinatorIds.includes(coordinatorId);
}
