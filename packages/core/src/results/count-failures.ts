import type { FailureCode, FailuresResponse } from '@bulk/contract';
import type { ReadDeps } from '../deps.ts';
import { findSnapshot } from '../progress/registration-snapshot.ts';
import { oneOfFewPages } from '../registrations/details-lists.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { registrationNotFound } from '../registrations/refusals.ts';

/**
 * Counts the failed mentors of a registration by error code, the most frequent code first.
 *
 * @throws AppError `registration_not_found`
 */
export async function countFailures({ db }: ReadDeps, id: bigint): Promise<FailuresResponse> {
  const snapshot = await findSnapshot(db.prisma, id);
  if (snapshot === null) throw registrationNotFound(id);
  if (snapshot.failureCount === 0) return { id: formatRegistrationId(id), failures: [] };
  const failures = await oneOfFewPages(
    () => db.prisma.$queryRaw<Array<{ error_code: FailureCode; count: number }>>`
      select error_code, count(*)::integer as count
      from registration_results
      where registration_id = ${id}::bigint
        and status = 'failed'
      group by error_code
      order by count(*) desc, error_code`,
  );
  return { id: formatRegistrationId(id), failures };
}
