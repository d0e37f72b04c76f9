import { pastedTextOf } from '@bulk/client/mentor-file';
import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { client, messageOf } from '../api.ts';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { hasContent, loadDraft, saveDraft } from '../register/draft.ts';
import { currentKey } from '../session/session.ts';
import type { Registration } from './use-registration.ts';

interface Props {
  registration: Registration;
  label: string;
  /** Only the mentors whom a cancel left without a result. */
  isNotDoneOnly?: boolean;
}

/** Renders a button that copies the fields and mentors into the form. Asks first if the form has a draft. */
export function CopyToForm({ registration, label, isNotDoneOnly = false }: Props) {
  const [, navigate] = useLocation();
  const copy = useMutation({
    mutationFn: async () => {
      const key = currentKey();
      const ids = await mentorsOf(registration.id, isNotDoneOnly);
      // Otherwise the user has signed out meanwhile.
      if (currentKey() !== key) return;
      saveDraft({ values: valuesOf(registration), mentorText: pastedTextOf(ids), firstMentor: ids[0] });
      navigate('/new');
    },
  });
  const start = () => {
    if (!copy.isPending) copy.mutate();
  };
  return (
    <>
      {hasContent(loadDraft()) ? (
        <ConfirmButton
          label={label}
          tone="plain"
          title="Replace your draft?"
          confirmLabel="Replace the draft"
          isBusy={copy.isPending}
          onConfirm={start}
        >
          The form has a draft that is not registered yet. It will be lost.
        </ConfirmButton>
      ) : (
        <button type="button" className="button" aria-disabled={copy.isPending} onClick={start}>
          {label}
        </button>
      )}
      {copy.isError && (
        <p className="download-error" role="alert">
          {messageOf(copy.error)}
        </p>
      )}
    </>
  );
}

async function mentorsOf(id: string, isNotDoneOnly: boolean): Promise<string[]> {
  if (!isNotDoneOnly) return (await client.get(id, { results: 'none' })).details.mentor_ids;
  const ids: string[] = [];
  for await (const { mentor_id } of client.results(id, { status: 'cancelled' })) ids.push(mentor_id);
  return ids;
}

/** Leaves out the external reference, which belongs to one registration only. */
function valuesOf(registration: Registration) {
  const { coordinator_id, activity_type, activity_date, duration_minutes, notes, label } = registration;
  return {
    coordinator_id,
    activity_type,
    activity_date,
    duration_minutes: String(duration_minutes),
    notes: notes ?? '',
    label: label ?? '',
    external_reference: '',
  };
}
