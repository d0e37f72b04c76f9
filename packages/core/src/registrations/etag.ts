import type { ResultsMode } from '@bulk/contract';
import type { RegistrationSnapshot } from '../progress/registration-snapshot.ts';

/** Which results the details list; status: neither results nor mentors. */
export type DetailsView = ResultsMode | 'status';

/** Counts up when the same version comes to mean other bytes. */
const FORMAT = 6;

/** The entity tag (RFC 9110, 8.8.3) of the details in one of their forms. */
export function etagOf(snapshot: RegistrationSnapshot, view: DetailsView): string {
  return `"${versionTag(snapshot)}.${view}"`;
}

/** What the tags of all forms of one version begin with. */
export function versionTag(snapshot: RegistrationSnapshot): string {
  const { transientErrorSince: since, transientErrorCode: code } = snapshot;
  return `${stateTag(snapshot)}.${since === null ? 0 : `${since.getTime()}-${code}`}`;
}

/** If-None-Match: whether the client has this very answer. */
export function isKnownTo(ifNoneMatch: string, etag: string): boolean {
  return tagsIn(ifNoneMatch).some((tag) => tag === '*' || tag === etag);
}

/** If-Match: whether the client has seen this state, in whichever form. */
export function hasSeen(ifMatch: string, snapshot: RegistrationSnapshot): boolean {
  return tagsIn(ifMatch).some((tag) => tag === '*' || tag.startsWith(`"${stateTag(snapshot)}.`));
}

function stateTag({
  attempt,
  successCount,
  failureCount,
  undoneCount,
  keptCount,
  status,
}: RegistrationSnapshot) {
  return [FORMAT, attempt, successCount, failureCount, undoneCount, keptCount, status].join('.');
}

/** Our tags hold no comma. Caches may mark them weak; for our purposes they are as good. */
function tagsIn(header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}
