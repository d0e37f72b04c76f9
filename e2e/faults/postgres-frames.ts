/** A type byte and the length; the very first message of a client has no type. */
export const HEADER_BYTES = 5;
const UNTYPED_HEADER_BYTES = 4;
const UNTYPED_WANTED_BYTES = 8;

export interface FrameReader {
  hasType(): boolean;
  /** How much of a frame must be there before it is handed on; the rest is skipped. */
  wantedBytes(type: string, length: number): number;
  /** `frame` has at least the wanted bytes, header included. */
  onFrame(type: string, frame: Buffer): void;
}

/** Cuts a stream of PostgreSQL's protocol into frames, whatever its chunks. Keeps no more than is wanted. */
export function cutIntoFrames(reader: FrameReader): (chunk: Buffer) => void {
  let kept: Buffer = Buffer.alloc(0);
  let toSkip = 0;

  const skip = (): void => {
    const skipped = Math.min(toSkip, kept.length);
    kept = kept.subarray(skipped);
    toSkip -= skipped;
  };

  /** @returns false when more bytes are needed first */
  const readFrame = (): boolean => {
    skip();
    const isTyped = reader.hasType();
    const header = isTyped ? HEADER_BYTES : UNTYPED_HEADER_BYTES;
    if (toSkip > 0 || kept.length < header) return false;
    const type = isTyped ? String.fromCharCode(kept[0]!) : '';
    const length = kept.readInt32BE(header - 4) + header - 4;
    const wanted = isTyped
      ? Math.max(header, reader.wantedBytes(type, length))
      : Math.min(length, UNTYPED_WANTED_BYTES);
    if (kept.length < wanted) return false;
    reader.onFrame(type, kept.subarray(0, wanted));
    toSkip = length;
    return true;
  };

  return (chunk) => {
    kept = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    while (readFrame());
  };
}
