import { ApiProblem } from '@bulk/client';
import type { Activity } from '@bulk/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { client, messageOf } from '../api.ts';
import { FilterInput } from '../components/filter-field.tsx';
import { IdHeading } from '../components/id-heading.tsx';
import { Notice } from '../components/notice.tsx';
import { calendarDay, counted } from '../format.ts';
import { withFilter } from '../list/list-query.ts';
import { Breadcrumbs } from '../shell/breadcrumbs.tsx';
import { usePageTitle } from '../shell/use-page-title.ts';
import './mentor-page.css';

/** Lists the activities of a mentor, the latest day first. The ID is in the query, because it may hold any character. */
export function MentorPage() {
  const [params, setParams] = useSearchParams();
  const id = params.get('id') ?? '';
  const [from, to] = [params.get('from') ?? '', params.get('to') ?? ''];
  usePageTitle(id);
  const activities = useInfiniteQuery({
    queryKey: ['mentor', id, from, to],
    queryFn: ({ pageParam: after, signal }) =>
      client.mentorActivities(
        id,
        { ...(from && { from }), ...(to && { to }), ...(after !== undefined && { after }) },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ pagination }) => pagination.next_cursor ?? undefined,
  });
  const rows = activities.data?.pages.flatMap(({ data }) => data) ?? [];
  const [first] = activities.data?.pages ?? [];
  const fieldErrors = activities.error instanceof ApiProblem ? activities.error.errors : [];
  const day = (label: string, name: 'from' | 'to', value: string) => (
    <FilterInput
      label={label}
      name={name}
      type="date"
      value={value}
      fieldErrors={fieldErrors}
      onChange={(changed) => setParams(withFilter(params, name, changed))}
    />
  );

  return (
    <div className="stack">
      <Breadcrumbs current={id} />
      <div className="row">
        <IdHeading id={id} />
      </div>
      <search className="card mentor-filters">
        {day('Activity date from', 'from', from)}
        {day('Activity date to', 'to', to)}
      </search>
      {activities.error !== null && (
        <Notice tone="bad" role="alert">
          <p>{fieldErrors.length > 0 ? 'One of the days is not valid.' : messageOf(activities.error)}</p>
        </Notice>
      )}
      {first && (
        <p className="muted" role="status">
          {sentenceOf(rows.length, activities.hasNextPage, first)}
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

function sentenceOf(number: number, hasMore: boolean, { from, to }: { from: string; to: string }): string {
  const days = `from ${calendarDay(from)} to ${calendarDay(to)}`;
  if (hasMore) return `This mentor has more than ${counted(number, 'activity', 'activities')} ${days}.`;
  if (number === 0) return `This mentor has no activities ${days}.`;
  return `This mentor has ${counted(number, 'activity', 'activities')} ${days}.`;
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
