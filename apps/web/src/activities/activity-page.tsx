import { ApiProblem } from '@bulk/client';
import type { ActivityDetails } from '@bulk/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { client, messageOf } from '../api.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { Fact } from '../components/fact.tsx';
import { IdHeading } from '../components/id-heading.tsx';
import { Notice } from '../components/notice.tsx';
import { calendarDay, counted, moment } from '../format.ts';
import { pageOfHit } from '../search/use-search.ts';
import { Breadcrumbs } from '../shell/breadcrumbs.tsx';
import { usePageTitle } from '../shell/use-page-title.ts';

/** Shows an activity, its mentor and the registration that wrote it. */
export function ActivityPage({ id }: { id: string }) {
  usePageTitle(id);
  const activity = useQuery({
    queryKey: ['activity', id],
    queryFn: ({ signal }) => client.activity(id, { signal }),
  });
  if (activity.error instanceof ApiProblem && activity.error.status === 404) {
    return (
      <EmptyState
        title={`${id} was not found`}
        text="The activity was deleted by an undo, or the address is wrong."
        action={{ href: '/', label: 'All registrations' }}
      />
    );
  }
  return (
    <div className="stack">
      <Breadcrumbs current={id} />
      <div className="row">
        <IdHeading id={id} />
      </div>
      {activity.error !== null && (
        <Notice tone="bad" role="alert">
          <p>{messageOf(activity.error)}</p>
        </Notice>
      )}
      {activity.isPending && <p className="muted">Loading …</p>}
      {activity.data && <Facts activity={activity.data} />}
    </div>
  );
}

function Facts({ activity }: { activity: ActivityDetails }) {
  const { mentor_id, registration_id, registration, notes, is_override } = activity;
  return (
    <dl className="facts">
      <Fact
        label="Mentor"
        value={<Link href={pageOfHit({ kind: 'mentor', id: mentor_id })}>{mentor_id}</Link>}
      />
      <Fact label="Activity" value={activity.activity_type} />
      <Fact label="Date" value={calendarDay(activity.activity_date)} />
      <Fact label="Duration" value={counted(activity.duration_minutes, 'minute')} />
      <Fact label="Coordinator" value={activity.coordinator_id} />
      <Fact
        label="Registration"
        value={
          registration === null ? (
            `${registration_id} (deleted)`
          ) : (
            <Link href={`/registrations/${registration_id}`}>{registration_id}</Link>
          )
        }
      />
      <Fact label="Written" value={moment(activity.created_at)} />
      {is_override && <Fact label="Kind" value="One more activity, written by an override." />}
      {notes !== null && notes !== '' && <Fact label="Notes" value={notes} isWide />}
    </dl>
  );
}
