import { ApiProblem, newKey } from '@bulk/client';
import { type MentorFile, type MentorList, readMentorFile } from '@bulk/client/mentor-file';
import type { CreateRegistrationRequest, DryRunResponse } from '@bulk/contract';
import { useMutation } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { client } from '../api.ts';
import { dropDraft, emptyDraft, loadDraft, rememberCoordinator, saveDraft } from './draft.ts';
import { type FormValues, fieldErrorsOf, requestOf, tooMany } from './form-values.ts';
import { keepOwnColumns } from './own-columns.ts';

/** The steps of a new registration: fill in, check (which writes nothing), select duplicates, register. */
export function useRegistrationForm() {
  const [draft, setDraft] = useState(loadDraft);
  const { values, mentorText, firstMentor } = draft;
  const [report, setReport] = useState<DryRunResponse | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [, navigate] = useLocation();
  const keyFor = useKeyPerContent();
  /** The file that the mentors were taken from; null: they are as in the box. */
  const source = useRef<MentorList | null>(null);
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
      const ids = answer.duplicates.map(({ mentor_id }) => mentor_id);
      setSelected((before) => new Set(ids.filter((id) => before.has(id))));
    },
  });
  const create = useMutation({
    mutationFn: (request: CreateRegistrationRequest) =>
      client.create(request, { idempotencyKey: keyFor(request) }),
    onSuccess: ({ id, coordinator_id }) => {
      dropDraft();
      rememberCoordinator(coordinator_id);
      const mentors = source.current ?? read;
      if (mentors.kind === 'list') keepOwnColumns(id, mentors);
      source.current = null;
      // The form may be shown again at once, before the other page has loaded.
      setDraft(emptyDraft());
      setReport(null);
      setSelected(new Set());
      navigate(`/registrations/${id}`);
    },
    onError: (problem, request) => {
      if (isPlanOutdated(problem)) check.mutate(withoutPlan(request));
    },
  });

  /** What was checked is not what there is now. */
  const invalidate = () => {
    setReport(null);
    check.reset();
    create.reset();
  };
  const { error, variables } = create.error === null ? check : create;
  const refused = useMemo(
    () => (error instanceof ApiProblem && variables ? fieldErrorsOf(error, variables) : {}),
    [error, variables],
  );
  const isOutdated = isPlanOutdated(error);
  // A field with an error keeps the form from being sent, and an outdated preview is no error of a field.
  const fieldErrors = useMemo(
    () => ({ ...(!isOutdated && refused), ...tooMany(read) }),
    [isOutdated, refused, read],
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
    /** The mentors who differ from the preview, a sentence each; null: the preview is not outdated. */
    outdated: isOutdated ? (refused.mentor_ids ?? []) : null,
    isBlocked: read.kind === 'unclear' || tooMany(read).mentor_ids !== undefined,
    current,
    /** What is checked, as it was found, with the selected duplicates. */
    planned: (): CreateRegistrationRequest => ({
      ...current(),
      ...(report !== null && { plan: report.plan }),
      ...(selected.size > 0 && { override_mentor_ids: [...selected] }),
    }),
    change: (name: keyof FormValues, value: string) => {
      setDraft((before) => ({ ...before, values: { ...before.values, [name]: value } }));
      invalidate();
    },
    /**
     * @param first a first value that is known to be no heading
     * @param file what they were taken from
     */
    changeMentors: (text: string, first = firstMentor, file: MentorList | null = null) => {
      source.current = file;
      setDraft((before) => ({ ...before, mentorText: text, firstMentor: first }));
      invalidate();
    },
    clear: () => {
      source.current = null;
      dropDraft();
      setDraft(emptyDraft());
      invalidate();
    },
  };
}

/** Tells whether the duplicates are not those of the preview any more. */
function isPlanOutdated(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'plan_outdated';
}

function withoutPlan({ plan: _, override_mentor_ids: __, ...request }: CreateRegistrationRequest) {
  return request;
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
