const MAX_NAME = 100;

/** A JSON Pointer in URI fragment form: `['mentor_ids', '17']` → `#/mentor_ids/17`. */
export function pointerTo(path: readonly string[]): string {
  return ['#', ...path.map(segment)].join('/');
}

/** Adds one more name to a JSON Pointer as Ajv writes them: `/mentor_ids/17`, not yet URI-encoded. */
export function pointerFrom(jsonPointer: string, name?: string): string {
  const path = jsonPointer.split('/').slice(1).map(unescaped);
  return pointerTo(name === undefined ? path : [...path, name]);
}

/** A name of the sender's making, fit to be repeated: of bounded length, and well-formed. */
export function shownName(name: string): string {
  const short = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name;
  return short.replace(/\p{Cs}/gu, '\uFFFD');
}

function segment(name: string): string {
  return encodeURIComponent(shownName(name).replaceAll('~', '~0').replaceAll('/', '~1'));
}

function unescaped(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}
