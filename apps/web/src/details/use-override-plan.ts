import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { client } from '../api.ts';
import { dropPlan, findPlan, type OverridePlan } from './override-plan.ts';
import type { Registration } from './use-registration.ts';

/**
 * Retries the selected duplicates with override when all other mentors are done: by itself in the tab where they were
 * selected, and after a click in any other tab.
 *
 * @param refresh called when the retry has been accepted
 */
export function useOverridePlan({ id, created_at, status }: Registration, refresh: () => Promise<void>) {
  const [plan, setPlan] = useState(() => findPlan(id, created_at));
  const forget = () => {
    dropPlan(id);
    setPlan(null);
  };
  const { mutate, ...carryOut } = useMutation({
    mutationFn: (toDo: OverridePlan) => retrySelected(toDo),
    onSuccess: async () => {
      forget();
      await refresh();
    },
  });

  const isDue = status === 'completed' || status === 'failed';
  useEffect(() => {
    if (plan?.isOfThisTab && isDue) mutate(plan);
  }, [plan, isDue, mutate]);

  return {
    plan,
    isDue,
    isRunning: carryOut.isPending,
    error: carryOut.error,
    /** How many mentors were retried; null: no retry was sent here. */
    retried: carryOut.data ?? null,
    carryOut: () => {
      if (plan !== null) mutate(plan);
    },
    forget,
  };
}

/** Retries those selected mentors that failed as duplicates. @returns how many they are */
async function retrySelected({ id, mentorIds, key }: OverridePlan): Promise<number> {
  const selected = new Set(mentorIds);
  const duplicates: string[] = [];
  for await (const { mentor_id } of client.results(id, { code: 'duplicate' })) {
    if (selected.has(mentor_id)) duplicates.push(mentor_id);
  }
  if (duplicates.length > 0) {
    await client.retryFailed(id, { overrideDuplicates: true, mentorIds: duplicates, idempotencyKey: key });
  }
  return duplicates.length;
}
