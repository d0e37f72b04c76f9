import { ApiProblem, newKey } from '@bulk/client';
import { type MentorFile, readMentorFile } from '@bulk/client/mentor-file';
import type { CreateRegistrationRequest, DryRunResponse } from '@bulk/contract';
import { useMutation } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { client } from '../api.ts';
import { savePlan } from '../details/override-plan.ts';
import { dropDraft, emptyDraft, loadDraft, rememberCoordinator, saveDraft } from './draft.ts';
import { type FormValues, fieldErrorsOf, requestOf, tooMany } from './form-values.ts';

/** The steps of a new registration: fill in, check (which writes nothing), select duplicates, register. */
export function useRegistrationForm() {
  const [draft, setDraft] = useState(loadDraft);
  const { values, mentorText, firstMentor } = draft;
  const [report, setReport] = useState<DryRunResponse | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [, navigate] = useLocation();
  const keyFor = useKeyPerContent();
  useEffect(() => saveDraft(draft), [draft]);

  // Typing goes first; 100,000 lines take a moment to read.
  const deferredText = useDeferredValue(mentorText);
  const read = useMemo(() => readPasted(deferredText, firstMentor), [deferredText, firstMentor]);
  const current = () => {
    const fresh = readPasted(mentorText, firstMentor);
    return requestOf(values, fresh.kind === 'list' ? fresh.ids : []);
  };

  const check = useMutation({
    mutationFn: (request: CreateRegistrationRequest) => client.dryRun(request),
    onSuccess: (answer) => {
      setReport(answer);
      setSelected(new Set());
    },
  });
  const create = useMutation({
    mutationFn: (request: CreateRegistrationRequest) =>
      client.create(request, { idempotencyKey: keyFor(request) }),
    onSuccess: ({ id, created_at, coordinator_id }) => {
      dropDraft();
      rememberCoordinator(coordinator_id);
      // The form may be shown again at once, before the other page has loaded.
      setDraft(emptyDraft());
      setReport(null);
      if (selected.size > 0) savePlan({ id, createdAt: created_at, mentorIds: [...selected], key: newKey() });
      navigate(`/registrations/${id}`);
    },
  });

  /** What was checked is not what there is now. */
  const invalidate = () => {
    setReport(null);
    check.reset();
    create.reset();
  };
  const { error, variables } = create.error === null ? check : create;
  const fieldErrors = useMemo(
    () => ({
      ...(error instanceof ApiProblem && variables && fieldErrorsOf(error, variables)),
      ...tooMany(read),
    }),
    [error, variables, read],
  );

  return {
    draft,
    values,
    mentorText,
    read,
    report,
    selected,
    setSelected,
    check,
    create,
    error,
    fieldErrors,
    isBlocked: read.kind === 'unclear' || tooMany(read).mentor_ids !== undefined,
    current,
    change: (name: keyof FormValues, value: string) => {
      setDraft((before) => ({ ...before, values: { ...before.values, [name]: value } }));
      invalidate();
    },
    /** @param first a first value that is known to be no heading */
    changeMentors: (text: string, first = firstMentor) => {
      setDraft((before) => ({ ...before, mentorText: text, firstMentor: first }));
      invalidate();
    },
    clear: () => {
      dropDraft();
      setDraft(emptyDraft());
      invalidate();
    },
  };
}

function readPasted(text: string, firstMentor: string | undefined): MentorFile {
  const read = readMentorFile(text, { isPasted: true });
  const isMentor = firstMentor !== undefined && read.kind !== 'unusable' && read.heading === firstMentor;
  return isMentor ? readMentorFile(text, { isPasted: true, hasHeading: false }) : read;
}

/** One key for as long as the content is the same: a double click, or a second try after a lost answer, is one registration. */
function useKeyPerContent() {
  const last = useRef({ content: '', key: '' });
  return (request: object) => {
    const content = JSON.stringify(request);
    if (last.current.content !== content) last.current = { content, key: newKey() };
    return last.current.key;
  };
}
