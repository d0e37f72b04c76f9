import { messageOf } from '../api.ts';
import { Notice } from '../components/notice.tsx';
import { count, counted } from '../format.ts';
import { useOverridePlan } from './use-override-plan.ts';
import type { Registration } from './use-registration.ts';

interface Props {
  registration: Registration;
  refresh: () => Promise<void>;
}

/** Where the ticked duplicates stand. */
export function OverridePlanNotice({ registration, refresh }: Props) {
  const { plan, isDue, isRunning, error, retried, carryOut, forget } = useOverridePlan(registration, refresh);
  if (plan === null) {
    if (retried === null) return null;
    return (
      <Notice tone="good" role="status">
        <p>
          {retried === 0
            ? 'None of the ticked mentors was a duplicate after all: all of them are in.'
            : `${counted(retried, 'ticked duplicate')} sent again with override, after the rest was in.`}
        </p>
      </Notice>
    );
  }
  const ticked = counted(plan.mentorIds.length, 'ticked duplicate');
  if (error !== null) {
    return (
      <Notice tone="bad" role="alert">
        <p>
          The {ticked} could not be sent again. {messageOf(error)}
        </p>
        <Choice onGo={carryOut} goLabel="Try again" onForget={forget} />
      </Notice>
    );
  }
  if (registration.status === 'cancelled') {
    return (
      <Notice tone="warn">
        <p>The registration was cancelled, so the {ticked} will not be sent again.</p>
        <button type="button" className="button" onClick={forget}>
          All right
        </button>
      </Notice>
    );
  }
  if (isDue && !plan.isOfThisTab && !isRunning) {
    return (
      <Notice tone="warn">
        <p>
          When this was registered, {count(plan.mentorIds.length)} duplicates were ticked to get one more
          activity. The tab was closed before that was done. Do it now?
        </p>
        <Choice onGo={carryOut} goLabel="Register them" onForget={forget} />
      </Notice>
    );
  }
  return (
    <Notice tone="info" role="status">
      <p>
        {isDue
          ? `Sending the ${ticked} again with override …`
          : `The ${ticked} will be sent again with override as soon as the rest is in. If you close this tab first, nothing more is written, and this page asks when you come back.`}
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
        Leave them out
      </button>
    </div>
  );
}
