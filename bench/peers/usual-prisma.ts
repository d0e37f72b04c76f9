import { ratePerSecond } from '../measure.ts';
import type { Work } from '../work.ts';
import { activityOf, openUsualClient, type UsualClient } from './usual-client.ts';

const CHUNK = 1_000;

/**
 * What one usually writes with Prisma: in chunks of 1,000, each in a transaction, the activities by
 * createManyAndReturn with skipDuplicates, then a row of results a mentor by createMany.
 */
export async function usualPrisma(databaseUrl: string) {
  const prisma = await openUsualClient(databaseUrl);
  await prisma.$executeRaw`
    create table usual_results (
      registration_id bigint not null,
      mentor_id text not null,
      status text not null,
      activity_id bigint,
      primary key (registration_id, mentor_id)
    )`;
  let registrationId = 0n;

  return {
    /** @returns mentors per second */
    async write(work: Work): Promise<number> {
      registrationId += 1n;
      const { mentor_ids: ids } = work;
      return ratePerSecond(ids.length, async () => {
        for (let start = 0; start < ids.length; start += CHUNK) {
          await writeChunk(prisma, registrationId, work, ids.slice(start, start + CHUNK));
        }
      });
    },
    close: () => prisma.$disconnect(),
  };
}

async function writeChunk(
  prisma: UsualClient,
  registrationId: bigint,
  work: Work,
  mentorIds: readonly string[],
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const written = await tx.activity.createManyAndReturn({
      data: mentorIds.map((mentorId) => activityOf(work, mentorId)),
      skipDuplicates: true,
      select: { id: true, mentorId: true },
    });
    const activityIds = new Map(written.map(({ id, mentorId }) => [mentorId, id]));
    await tx.usualResult.createMany({
      data: mentorIds.map((mentorId) => {
        const activityId = activityIds.get(mentorId) ?? null;
        return { registrationId, mentorId, status: activityId === null ? 'failed' : 'success', activityId };
      }),
    });
  });
}
