import { kept } from '../storage.ts';
import { EMPTY_FORM, type FormValues } from './form-values.ts';
import { forgetOwnColumns } from './own-columns.ts';

/** What is in the form of a new registration, until it is registered or cleared. */
export interface Draft {
  values: FormValues;
  mentorText: string;
  /** A first value that is known to be no heading. */
  firstMentor?: string | undefined;
}

// sessionStorage keeps the draft over a reload, for this tab alone. The variable keeps it while the page is open, also
// if the list of mentors is too long for the storage. A sign-out removes both: mentors are personal data.

const DRAFT_KEY = 'draft';
const COORDINATOR_KEY = 'last-coordinator';
/** In UTF-16 units. Browsers store about 5 MB for a page. */
const MAX_STORED_MENTORS = 2_000_000;

let latest: Draft | null = null;

/** Returns the draft; without one an empty form with the last coordinator. */
export function loadDraft(): Draft {
  return latest ?? storedDraft() ?? emptyDraft();
}

export function saveDraft(draft: Draft): void {
  latest = draft;
  const isStorable = draft.mentorText.length <= MAX_STORED_MENTORS;
  const stored = isStorable ? draft : { values: draft.values, mentorText: '' };
  // An older draft must not stay where there is no room for this one.
  kept(() => sessionStorage.removeItem(DRAFT_KEY));
  if (hasContent(draft)) kept(() => sessionStorage.setItem(DRAFT_KEY, JSON.stringify(stored)));
}

export function dropDraft(): void {
  latest = null;
  kept(() => sessionStorage.removeItem(DRAFT_KEY));
}

export function emptyDraft(): Draft {
  const coordinator_id = kept(() => localStorage.getItem(COORDINATOR_KEY)) ?? '';
  return { values: { ...EMPTY_FORM, coordinator_id }, mentorText: '' };
}

/** Tells whether there is something to lose. The coordinator alone is not: it is filled in by itself. */
export function hasContent({ values: { coordinator_id: _, ...typed }, mentorText }: Draft): boolean {
  return mentorText !== '' || Object.values(typed).some((value) => value !== '');
}

/** Tells whether a reload would lose the mentors. */
export function isTooLongToStore({ mentorText }: Draft): boolean {
  return mentorText.length > MAX_STORED_MENTORS;
}

export function rememberCoordinator(coordinatorId: string): void {
  kept(() => localStorage.setItem(COORDINATOR_KEY, coordinatorId));
}

/** Removes what the user of this page typed. */
export function forgetForm(): void {
  forgetOwnColumns();
  dropDraft();
  kept(() => localStorage.removeItem(COORDINATOR_KEY));
}

function storedDraft(): Draft | null {
  const draft = kept(() => JSON.parse(sessionStorage.getItem(DRAFT_KEY) ?? 'null') as Draft | null);
  // An earlier version of this page stored fewer fields.
  return draft ? { ...draft, values: { ...EMPTY_FORM, ...draft.values } } : null;
}
