import { kept } from '../storage.ts';

/** The duplicates that were selected in the form. They are retried with override when all other mentors are done. */
export interface OverridePlan {
  id: string;
  /** Of the registration. A new database gives the same ids again, and a plan must not apply to another registration. */
  createdAt: string;
  mentorIds: string[];
  /** The idempotency key of the retry: if two tabs send it, it is done once. */
  key: string;
}

// localStorage keeps the plan when its tab is closed; sessionStorage tells which tab made it. That tab sends the retry
// by itself; any other tab asks first. The variable is for browsers that store nothing or have no room left.

let latest: OverridePlan | null = null;

const nameOf = (id: string) => `override-plan:${id}`;

export function savePlan(plan: OverridePlan): void {
  latest = plan;
  kept(() => localStorage.setItem(nameOf(plan.id), JSON.stringify(plan)));
  kept(() => sessionStorage.setItem(nameOf(plan.id), plan.createdAt));
}

/** Finds the plan of a registration; null if it has none. */
export function findPlan(id: string, createdAt: string): (OverridePlan & { isOfThisTab: boolean }) | null {
  const plan = latest?.id === id ? latest : storedPlan(id);
  if (plan?.createdAt !== createdAt) return null;
  const isOfThisTab = plan === latest || kept(() => sessionStorage.getItem(nameOf(id))) === createdAt;
  return { ...plan, isOfThisTab };
}

/** Makes this tab ask first as any other tab does: its next user may be another one. */
export function disownPlans(): void {
  latest = null;
  kept(() => sessionStorage.clear());
}

export function dropPlan(id: string): void {
  if (latest?.id === id) latest = null;
  kept(() => localStorage.removeItem(nameOf(id)));
  kept(() => sessionStorage.removeItem(nameOf(id)));
}

function storedPlan(id: string): OverridePlan | null {
  return kept(() => JSON.parse(localStorage.getItem(nameOf(id)) ?? 'null') as OverridePlan | null) ?? null;
}
