import { textArray } from '../database/array-literal.ts';
import { Prisma } from '../database/generated/client.ts';
import type { Deps } from '../deps.ts';
import { type Caller, mayActFor } from './caller.ts';

/** Whether a registration exists and belongs to a coordinator of the caller. Reads nothing for callers without a scope. */
export async function isRegistrationOf(
  { db }: Pick<Deps, 'db'>,
  id: bigint,
  caller: Caller,
): Promise<boolean> {
  if (caller.coordinatorIds === null) return true;
  const found = await db.prisma.bulkRegistration.findUnique({
    where: { id },
    select: { coordinatorId: true },
  });
  return found !== null && mayActFor(caller, found.coordinatorId);
}

/** The condition on `coordinator_id` that keeps to a scope, with `and` before it; empty for all coordinators. */
export function andInScope(coordinatorIds: Caller['coordinatorIds']): Prisma.Sql {
  if (coordinatorIds === null) return Prisma.empty;
  return Prisma.sql`and coordinator_id = any(${textArray(coordinatorIds)}::text[])`;
}
