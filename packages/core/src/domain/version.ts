import type { RegistrationStatus, ResultsMode } from '@bulk/contract';

/** What changes whenever an answer about a registration does. */
export interface Version {
  status: RegistrationStatus;
  attempt: number;
  successCount: number;
  failureCount: number;
  delayedSince: Date | null;
}

/** Counts up when the same version comes to mean other bytes. */
const FORMAT = 2;

/** The entity tag (RFC 9110, 8.8.3) of the details in one of their forms. */
export function etagOf(version: Version, results: ResultsMode): string {
  return `"${versionTag(version)}.${results}"`;
}

/** What the tags of all forms of one version begin with. */
export function versionTag(version: Version): string {
  return `${stateTag(version)}.${version.delayedSince?.getTime() ?? 0}`;
}

/** If-None-Match: whether the client has this very answer. */
export function isKnownTo(ifNoneMatch: string, etag: string): boolean {
  return tagsIn(ifNoneMatch).some((tag) => tag === '*' || tag === etag);
}

/** If-Match: whether the client has seen this state, in whichever form. */
export function hasSeen(ifMatch: string, version: Version): boolean {
  return tagsIn(ifMatch).some((tag) => tag === '*' || tag.startsWith(`"${stateTag(version)}.`));
}

function stateTag({ attempt, successCount, failureCount, status }: Version): string {
  return [FORMAT, attempt, successCount, failureCount, status].join('.');
}

/** Our tags hold no comma. Caches may mark them weak; for our purposes they are as good. */
function tagsIn(header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}
