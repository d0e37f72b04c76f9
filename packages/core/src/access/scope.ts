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
