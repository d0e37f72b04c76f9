import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { client } from '../api.ts';
import { dropPlan, findPlan, type OverridePlan } from './override-plan.ts';
import type { Registration } from './use-registration.ts';

/**
 * Carries out what was ticked when the registration was made, once all the rest is in: by itself in the tab that it was
 * ticked in, after a click in any other.
 *
 * @param refresh is called when the retry has been accepted
 */
export function useOverridePlan({ id, created_at, status }: Registration, refresh: () => Promise<void>) {
  const [plan, setPlan] = useState(() => findPlan(id, created_at));
  const forget = () => {
    dropPlan(id);
    setPlan(null);
  };
  const { mutate, ...carryOut } = useMutation({
    mutationFn: (toDo: OverridePlan) => retryTicked(toDo),
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
    /** How many were retried; null: nothing was carried out here. */
    retried: carryOut.data ?? null,
    carryOut: () => {
      if (plan !== null) mutate(plan);
    },
    forget,
  };
}

/** Of those ticked the ones that did turn out to be duplicates. @returns how many they are */
async function retryTicked({ id, mentorIds, key }: OverridePlan): Promise<number> {
  const ticked = new Set(mentorIds);
  const duplicates: string[] = [];
  for await (const { mentor_id } of client.results(id, { code: 'duplicate' })) {
    if (ticked.has(mentor_id)) duplicates.push(mentor_id);
  }
  if (duplicates.length > 0) {
    await client.retryFailed(id, { overrideDuplicates: true, mentorIds: duplicates, idempotencyKey: key });
  }
  return duplicates.length;
}
