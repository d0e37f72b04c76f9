/** One batch: some mentors of a registration, written by one statement. */
export interface BatchPayload {
  /** 1-based places in the mentor_ids of the request, ascending; null: all from the first to the last. */
  positions: readonly number[] | null;
  firstPosition: number;
  lastPosition: number;
  mentorIds: readonly string[];
  /** Those of them who get one more activity if they have it already. */
  overrideIds: readonly string[];
}

export interface Mentor {
  position: number;
  mentorId: string;
}

/**
 * Cuts the mentors of a first attempt into batches; batch number `n` is the element `n`.
 *
 * @param overrideIds mentors who get one more activity if they have it already
 */
export function buildBatchPayloads(
  mentorIds: readonly string[],
  batchSize: number,
  overrideIds: readonly string[] = [],
): BatchPayload[] {
  const overridden = new Set(overrideIds);
  return starts(mentorIds.length, batchSize).map((start) => {
    const ids = mentorIds.slice(start, start + batchSize);
    return {
      positions: null,
      firstPosition: start + 1,
      lastPosition: start + ids.length,
      mentorIds: ids,
      overrideIds: overridden.size === 0 ? [] : ids.filter((id) => overridden.has(id)),
    };
  });
}

/** Cuts the mentors of a retry into batches; they must be in the order of their positions. */
export function buildRetryPayloads(mentors: readonly Mentor[], batchSize: number): BatchPayload[] {
  return starts(mentors.length, batchSize).map((start) =>
    buildBatchPayload(mentors.slice(start, start + batchSize)),
  );
}

function buildBatchPayload(mentors: readonly Mentor[]): BatchPayload {
  const positions = mentors.map(({ position }) => position);
  const [firstPosition = 0] = positions;
  const lastPosition = positions.at(-1) ?? 0;
  const isConsecutive = lastPosition - firstPosition === positions.length - 1;
  return {
    positions: isConsecutive ? null : positions,
    firstPosition,
    lastPosition,
    mentorIds: mentors.map(({ mentorId }) => mentorId),
    overrideIds: [],
  };
}

function starts(count: number, batchSize: number): number[] {
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, batchNo) => batchNo * batchSize);
}
