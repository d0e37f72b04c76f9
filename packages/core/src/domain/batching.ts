/** The mentors one attempt is about: 1-based positions in ascending order, or null for all of them. */
export interface WorkList {
  positions: readonly number[] | null;
  mentorCount: number;
  batchSize: number;
}

export function batchCount(work: WorkList): number {
  return Math.ceil(workListLength(work) / work.batchSize);
}

/**
 * The positions of one batch. A pure function of what is stored: whoever runs the batch, and
 * whenever, number `batchNo` means the same mentors.
 */
export function batchPositions(work: WorkList, batchNo: number): number[] {
  const start = batchNo * work.batchSize;
  const end = Math.min(start + work.batchSize, workListLength(work));
  if (work.positions) return work.positions.slice(start, end);
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index + 1);
}

/** Numbers of up to `limit` batches that the ledger lacks, the lowest first. */
export function openBatches(work: WorkList, done: ReadonlySet<number>, limit: number): number[] {
  const open: number[] = [];
  for (let batchNo = 0; batchNo < batchCount(work) && open.length < limit; batchNo += 1) {
    if (!done.has(batchNo)) open.push(batchNo);
  }
  return open;
}

function workListLength({ positions, mentorCount }: WorkList): number {
  return positions?.length ?? mentorCount;
}
