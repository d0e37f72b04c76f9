import { kept } from '../storage.ts';

/** Duplicates that were ticked when a registration was made: to be retried with override once all the rest is in. */
export interface OverridePlan {
  id: string;
  /** Of the registration. Ids begin again with a new database, and a plan must not outlive its registration. */
  createdAt: string;
  mentorIds: string[];
  /** The idempotency key of the retry: two tabs that carry out the same plan do it once. */
  key: string;
}

// In localStorage it outlives its tab; sessionStorage knows which tab made it. Only there it is carried out by itself:
// whoever comes back after days is asked first. The variable is for a browser that keeps nothing, or has no room left.

let latest: OverridePlan | null = null;

const nameOf = (id: string) => `override-plan:${id}`;

export function savePlan(plan: OverridePlan): void {
  latest = plan;
  kept(() => localStorage.setItem(nameOf(plan.id), JSON.stringify(plan)));
  kept(() => sessionStorage.setItem(nameOf(plan.id), plan.createdAt));
}

/** @returns null where there is none for this very registration */
export function findPlan(id: string, createdAt: string): (OverridePlan & { isOfThisTab: boolean }) | null {
  const plan = latest?.id === id ? latest : storedPlan(id);
  if (plan?.createdAt !== createdAt) return null;
  const isOfThisTab = plan === latest || kept(() => sessionStorage.getItem(nameOf(id))) === createdAt;
  return { ...plan, isOfThisTab };
}

export function dropPlan(id: string): void {
  if (latest?.id === id) latest = null;
  kept(() => localStorage.removeItem(nameOf(id)));
  kept(() => sessionStorage.removeItem(nameOf(id)));
}

function storedPlan(id: string): OverridePlan | null {
  return kept(() => JSON.parse(localStorage.getItem(nameOf(id)) ?? 'null') as OverridePlan | null) ?? null;
}
