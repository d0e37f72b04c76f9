import { messageOf } from '../api.ts';
import { Notice } from '../components/notice.tsx';
import { counted } from '../format.ts';
import { useOverridePlan } from './use-override-plan.ts';
import type { Registration } from './use-registration.ts';

interface Props {
  registration: Registration;
  refresh: () => Promise<void>;
}

/** Shows whether the selected duplicates have been sent again, and asks before it sends those of an earlier tab. */
export function OverridePlanNotice({ registration, refresh }: Props) {
  const { plan, isDue, isRunning, error, retried, carryOut, forget } = useOverridePlan(registration, refresh);
  if (plan === null) {
    if (retried === null) return null;
    return (
      <Notice tone="good" role="status">
        <p>
          {retried === 0
            ? 'None of the selected mentors was a duplicate. Nothing was sent again.'
            : `${counted(retried, 'selected duplicate')} sent again with override.`}
        </p>
      </Notice>
    );
  }
  const selected = counted(plan.mentorIds.length, 'selected duplicate');
  if (error !== null) {
    return (
      <Notice tone="bad" role="alert">
        <p>
          Could not send the {selected} again. {messageOf(error)}
        </p>
        <Choice onGo={carryOut} goLabel="Try again" onForget={forget} />
      </Notice>
    );
  }
  if (registration.status === 'cancelled') {
    return (
      <Notice tone="warn">
        <p>The registration was cancelled, so the {selected} will not be sent again.</p>
        <button type="button" className="button" onClick={forget}>
          Close this message
        </button>
      </Notice>
    );
  }
  if (isDue && !plan.isOfThisTab && !isRunning) {
    return (
      <Notice tone="warn">
        <p>
          {counted(plan.mentorIds.length, 'duplicate')} of this registration should get one more activity.
          They were not sent again before the tab was closed or its user signed out. Send them now?
        </p>
        <Choice onGo={carryOut} goLabel="Send them" onForget={forget} />
      </Notice>
    );
  }
  return (
    <Notice tone="info" role="status">
      <p>
        {isDue
          ? `Sending the ${selected} again with override …`
          : `The ${selected} will be sent again with override when the other mentors are done. If you close this tab or sign out first, they are not sent, and this page asks you when you come back.`}
      </p>
    </Notice>
  );
}

function Choice({ onGo, goLabel, onForget }: { onGo: () => void; goLabel: string; onForget: () => void }) {
  return (
    <div className="row">
      <button type="button" className="button button-primary" onClick={onGo}>
        {goLabel}
      </button>
      <button type="button" className="button" onClick={onForget}>
        Skip them
      </button>
    </div>
  );
}
