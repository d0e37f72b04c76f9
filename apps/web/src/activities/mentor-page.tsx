import type { Activity } from '@bulk/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { client, messageOf } from '../api.ts';
import { IdHeading } from '../components/id-heading.tsx';
import { Notice } from '../components/notice.tsx';
import { calendarDay, counted } from '../format.ts';
import { Breadcrumbs } from '../shell/breadcrumbs.tsx';
import { usePageTitle } from '../shell/use-page-title.ts';
import './mentor-page.css';

/** Lists the activities of a mentor, the latest day first. The ID is in the query, because it may hold any character. */
export function MentorPage() {
  const [params] = useSearchParams();
  const id = params.get('id') ?? '';
  usePageTitle(id);
  const activities = useInfiniteQuery({
    queryKey: ['mentor', id],
    queryFn: ({ pageParam: after, signal }) =>
      client.mentorActivities(id, after === undefined ? {} : { after }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ pagination }) => pagination.next_cursor ?? undefined,
  });
  const rows = activities.data?.pages.flatMap(({ data }) => data) ?? [];
  const [first] = activities.data?.pages ?? [];

  return (
    <div className="stack">
      <Breadcrumbs current={id} />
      <div className="row">
        <IdHeading id={id} />
      </div>
      {activities.error !== null && (
        <Notice tone="bad" role="alert">
          <p>{messageOf(activities.error)}</p>
        </Notice>
      )}
      {first && (
        <p className="muted" role="status">
          {sentenceOf(rows.length, activities.hasNextPage)} These are the activities from{' '}
          {calendarDay(first.from)} to {calendarDay(first.to)}.
        </p>
      )}
      {activities.isPending && <p className="muted">Loading …</p>}
      {rows.length > 0 && (
        <ul className="card mentor-activities">
          {rows.map((activity) => (
            <Row key={activity.id} activity={activity} />
          ))}
        </ul>
      )}
      {activities.hasNextPage && (
        <div className="row">
          <button
            type="button"
            className="button"
            aria-disabled={activities.isFetching}
            onClick={() => {
              if (!activities.isFetching) void activities.fetchNextPage();
            }}
          >
            Show more
          </button>
        </div>
      )}
    </div>
  );
}

function sentenceOf(number: number, hasMore: boolean): string {
  if (hasMore) return `The first ${counted(number, 'activity', 'activities')} are shown.`;
  return number === 0
    ? 'This mentor has no activities.'
    : `This mentor has ${counted(number, 'activity', 'activities')}.`;
}

function Row({ activity }: { activity: Activity }) {
  const { id, activity_type, activity_date, duration_minutes, coordinator_id, registration_id } = activity;
  return (
    <li>
      <Link href={`/activities/${id}`}>{id}</Link>
      <span className="verbatim">{activity_type}</span>
      <span>
        {calendarDay(activity_date)}, {counted(duration_minutes, 'minute')}
      </span>
      <span className="muted verbatim">
        by {coordinator_id}, in {registration_id}
      </span>
    </li>
  );
}
