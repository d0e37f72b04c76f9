import { isCalendarDate } from '@bulk/contract';

/** Where a page of a mentor's activities ended. */
export interface ActivityCursor {
  /** YYYY-MM-DD */
  activityDate: string;
  activityType: string;
  /** 0: after all activities of this day and type. */
  id: bigint;
}

export function formatActivityCursor({ activityDate, id, activityType }: ActivityCursor): string {
  return Buffer.from(`${activityDate} ${id} ${activityType}`).toString('base64url');
}

/** Reads what `formatActivityCursor` makes; null for any other text. */
export function parseActivityCursor(text: string): ActivityCursor | null {
  const [, activityDate, id, activityType] =
    /^(\S{10}) (\d{1,18}) (\P{Cc}+)$/u.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (activityDate === undefined || id === undefined || activityType === undefined) return null;
  const cursor = { activityDate, activityType, id: BigInt(id) };
  return isCalendarDate(activityDate) && formatActivityCursor(cursor) === text ? cursor : null;
}
