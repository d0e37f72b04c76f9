import type { ResultsMode } from '@bulk/contract';
import { BASE_PATH } from '@bulk/contract';
import type { AsyncCommand } from 'fast-check';
import type { Model, ModelRegistration } from './model.ts';
import type { Real, Tag } from './real.ts';

export type Command = AsyncCommand<Model, Real>;

/** Which registration: one of those that were made, also a deleted one, and now and then none. */
export function picked(model: Model, pick: number): ModelRegistration | null {
  return model.registrations[pick % (model.registrations.length + 1)] ?? null;
}

/** A command that reads as what it does, in the sequence that a failure prints. */
export abstract class Step<Choice extends object = object> implements Command {
  readonly choice: Choice;

  constructor(choice: Choice) {
    this.choice = choice;
  }

  check(): boolean {
    return true;
  }

  abstract run(model: Model, real: Real): Promise<void>;

  toString(): string {
    return `${this.constructor.name}(${JSON.stringify(this.choice)})`;
  }
}

export const addressOf = (registration: ModelRegistration | null) =>
  `${BASE_PATH}/${registration?.id ?? 'bulk-999999'}`;

export const isGone = (registration: ModelRegistration | null) =>
  registration === null || registration.isDeleted;

/** Which of the tags that were seen a header carries: `old` may be the present one, too. */
export type TagChoice = 'none' | 'newest' | 'old' | 'any' | 'unknown';

export interface Condition {
  header: string | null;
  matches(version: string): boolean;
}

export function chooseTag(
  { seen }: Real,
  registration: ModelRegistration | null,
  mode: ResultsMode,
  choice: TagChoice,
): Condition {
  const tags: Tag[] = (seen.tags.get(registration?.id ?? '') ?? []).filter((tag) => tag.mode === mode);
  const chosen = choice === 'newest' ? tags.at(-1) : tags[0];
  if (choice === 'none') return { header: null, matches: () => true };
  if (choice === 'any') return { header: '*', matches: () => true };
  if (choice === 'unknown' || chosen === undefined) return { header: '"2.1.0.0"', matches: () => false };
  return { header: `"x", W/${chosen.etag}`, matches: (version) => version === chosen.version };
}
