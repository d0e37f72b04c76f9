const MAX_BIGINT = 2n ** 63n - 1n;

/** `2n` → `bulk-002`. */
export function formatRegistrationId(id: bigint): string {
  return `bulk-${padded(id)}`;
}

/** `10n` → `pa-010`. */
export function formatActivityId(id: bigint | number): string {
  return `pa-${padded(id)}`;
}

/** `bulk-002` → `2n`; null for a text that `formatRegistrationId` never makes. */
export function parseRegistrationId(text: string): bigint | null {
  return parseId(/^bulk-(\d{3,19})$/, text);
}

/** `pa-010` → `10n`; null for a text that `formatActivityId` never makes. */
export function parseActivityId(text: string): bigint | null {
  return parseId(/^pa-(\d{3,19})$/, text);
}

function parseId(pattern: RegExp, text: string): bigint | null {
  const digits = pattern.exec(text)?.[1];
  if (digits === undefined) return null;
  const id = BigInt(digits);
  return id > 0n && id <= MAX_BIGINT && padded(id) === digits ? id : null;
}

function padded(id: bigint | number): string {
  return id.toString().padStart(3, '0');
}
