/** As the receiver and the API name a delivery. */
export function formatMessageId(uuid: string): string {
  return `msg_${uuid}`;
}

/** `msg_…` → the UUID; null for a text that `formatMessageId` never makes. */
export function parseMessageId(text: string): string | null {
  return /^msg_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text)?.[1] ?? null;
}
