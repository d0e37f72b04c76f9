import type { FailureCode, MentorResult } from '@bulk/contract';
import { RESULT_ERRORS } from '@bulk/contract/plain';
import { useRef } from 'react';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { useFocusKept } from '../components/use-focus-kept.ts';
import { count, counted } from '../format.ts';
import './failures-by-code.css';
import type { useActions } from './use-actions.ts';
import { useFailures } from './use-failures.ts';
import type { Registration } from './use-registration.ts';

/** A rule of the database can be changed; then a retry succeeds. A value that it refuses stays refused. */
const CAN_SUCCEED_LATER: readonly FailureCode[] = ['rejected', 'constraint_violated'];

interface Props {
  registration: Registration;
  /** The failed mentors that were read. */
  failed: readonly MentorResult[];
  canRetry: boolean;
  retry: ReturnType<typeof useActions>['retry'];
}

/** Lists how many mentors failed by error code, and what can be done about each. */
export function FailuresByCode({ registration, failed, canRetry, retry }: Props) {
  const failures = useFailures(registration);
  if (failures.length === 0) return null;
  return (
    <ul className="card failures" aria-label="Failures by error code">
      {failures.map(({ error_code: code, count: size }) => (
        <Failures key={code} code={code} size={size} failed={failed} canRetry={canRetry} retry={retry} />
      ))}
    </ul>
  );
}

type FailuresProps = Omit<Props, 'registration'> & { code: FailureCode; size: number };

function Failures({ code, size, failed, canRetry, retry }: FailuresProps) {
  const row = useRef<HTMLLIElement>(null);
  useFocusKept(row);
  const ids = failed.filter(({ error }) => error?.code === code).map(({ mentor_id }) => mentor_id);
  const extra = `${count(size)} extra ${size === 1 ? 'activity' : 'activities'}`;
  const start = (overrideDuplicates: boolean) =>
    retry.mutate({ mentorIds: null, errorCodes: [code], overrideDuplicates });
  return (
    <li ref={row} className="row">
      <p>
        <strong className="numeric">{count(size)}</strong> <code>{code}</code>{' '}
        <span className="muted">
          {RESULT_ERRORS[code]} {adviceOf(code, canRetry)}
        </span>
      </p>
      <div className="row">
        {code !== 'duplicate' && ids.length === size && (
          <CopyButton
            label={size === 1 ? 'Copy this ID' : `Copy these ${count(size)} IDs`}
            text={ids.join('\n')}
            said="The IDs were copied, one per line."
          />
        )}
        {canRetry && code === 'duplicate' && (
          <ConfirmButton
            label={`Write ${extra}`}
            tone="plain"
            title={`Write ${extra}?`}
            confirmLabel={`Write ${extra}`}
            isBusy={retry.isPending}
            onConfirm={() => start(true)}
          >
            {size === 1
              ? '1 mentor has this activity already, and gets one more.'
              : `${counted(size, 'mentor')} have this activity already. Each gets one more.`}
          </ConfirmButton>
        )}
        {canRetry && CAN_SUCCEED_LATER.includes(code) && (
          <button
            type="button"
            className="button"
            aria-disabled={retry.isPending}
            onClick={() => {
              if (!retry.isPending) start(false);
            }}
          >
            {size === 1 ? 'Retry this mentor' : `Retry these ${counted(size, 'mentor')}`}
          </button>
        )}
      </div>
    </li>
  );
}

function adviceOf(code: FailureCode, canRetry: boolean): string {
  if (code !== 'duplicate' && !CAN_SUCCEED_LATER.includes(code))
    return 'Correct the record, and register it again.';
  if (!canRetry) return '';
  return code === 'duplicate' ? 'Leave it so, or write one more activity.' : 'Retry when the cause is gone.';
}
