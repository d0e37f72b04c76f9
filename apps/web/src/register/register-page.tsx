import { Form } from '@base-ui/react/form';
import { type SubmitEvent, useEffect, useRef, useState } from 'react';
import { isTransient, messageOf } from '../api.ts';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { Notice } from '../components/notice.tsx';
import { counted } from '../format.ts';
import { Breadcrumbs } from '../shell/breadcrumbs.tsx';
import { usePageTitle } from '../shell/use-page-title.ts';
import { hasContent, isTooLongToStore } from './draft.ts';
import { DryRunReport } from './dry-run-report.tsx';
import { MentorField } from './mentor-field.tsx';
import './register-page.css';
import { hasErrorInMore, MoreFields } from './more-fields.tsx';
import { SuggestedField } from './suggested-field.tsx';
import { TextField } from './text-field.tsx';
import { useRegistrationForm } from './use-registration-form.ts';
import { useSuggestions } from './use-suggestions.ts';

export function RegisterPage() {
  usePageTitle('New registration');
  const form = useRegistrationForm();
  const suggestions = useSuggestions();
  const [clearings, setClearings] = useState(0);
  const { values, report, selected, check, create, error, fieldErrors, outdated } = form;
  const formElement = useRef<HTMLFormElement>(null);
  const reportHeading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (report === null) return;
    reportHeading.current?.focus();
    // What is below the heading is to be seen, too.
    reportHeading.current?.parentElement?.scrollIntoView();
  }, [report]);

  useEffect(() => {
    if (error === null) return;
    // The fields learn of their errors in a render of their own.
    const frame = requestAnimationFrame(() =>
      formElement.current?.querySelector<HTMLElement>('.input[data-invalid]')?.focus(),
    );
    return () => cancelAnimationFrame(frame);
  }, [error]);

  const isBusy = check.isPending || create.isPending;
  const mentorCount = form.read.kind === 'list' ? form.read.ids.length : 0;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (isBusy || form.isBlocked) return;
    if (report === null) check.mutate(form.current());
    else create.mutate(form.planned());
  };
  const field = (name: keyof typeof values) => ({
    name,
    value: values[name],
    onValueChange: (value: string) => form.change(name, value),
  });

  return (
    <Form ref={formElement} className="stack register" onSubmit={submit} errors={fieldErrors}>
      <Breadcrumbs current="New registration" />
      <h1>New registration</h1>
      <fieldset className="card register-card">
        <legend className="visually-hidden">The activity</legend>
        <div className="register-grid">
          <SuggestedField
            label="Coordinator"
            {...field('coordinator_id')}
            hint="The coordinator who registers the mentors, for example coord-42."
            suggestions={suggestions.coordinators}
          />
          <SuggestedField
            label="Activity type"
            {...field('activity_type')}
            hint="What the mentors did, for example group_workshop."
            suggestions={suggestions.activityTypes}
            isSpellingAsked
          />
          <TextField label="Date" {...field('activity_date')} control={<input type="date" />} />
          <TextField
            label="Duration in minutes"
            {...field('duration_minutes')}
            control={<input inputMode="numeric" />}
          />
        </div>
        <TextField
          label="Notes"
          isOptional
          {...field('notes')}
          hint="The notes are saved with every activity."
          control={<textarea rows={2} />}
        />
        <MoreFields field={field} hasErrors={hasErrorInMore(fieldErrors)} />
      </fieldset>
      <div className="card register-card">
        {/* Keyed, so that a clearing removes its file as well. */}
        <MentorField
          key={clearings}
          text={form.mentorText}
          onTextChange={form.changeMentors}
          read={form.read}
        />
      </div>
      {report !== null && (
        <section className="card register-card" aria-labelledby="report-heading">
          <h2 id="report-heading" ref={reportHeading} tabIndex={-1}>
            Preview only. Nothing is saved yet.
          </h2>
          {outdated !== null && (
            <Notice tone="bad" role="alert">
              <p>
                The duplicates have changed since the preview, so nothing was registered. Look at the new
                preview, and register again. {outdated.slice(0, 5).join('. ')}.
              </p>
            </Notice>
          )}
          <DryRunReport report={report} selected={selected} onSelectedChange={form.setSelected} />
        </section>
      )}
      {error !== null && outdated === null && (
        <Notice tone={isTransient(error) ? 'warn' : 'bad'} role="alert">
          <p>
            {messageOf(error)}
            {isTransient(error) &&
              ' Nothing that you typed is lost. You can send it again: it is registered only once.'}
          </p>
        </Notice>
      )}
      <div className="row">
        {/* Not disabled while busy: the focus would be lost. */}
        <button type="submit" className="button button-primary" aria-disabled={isBusy}>
          {buttonText()}
        </button>
        <p className="muted">
          {report === null
            ? `${mentorCount === 0 ? 'Paste at least one mentor ID. ' : ''}The check saves nothing. It shows who already has this activity.`
            : 'If you change something now, it is checked again first.'}
        </p>
        {hasContent(form.draft) && (
          <ConfirmButton
            label="Clear"
            tone="plain"
            title="Clear the form?"
            confirmLabel="Clear the form"
            isBusy={isBusy}
            onConfirm={() => {
              form.clear();
              setClearings(clearings + 1);
            }}
          >
            This removes everything that you filled in
            {mentorCount > 0 && `, and the list of ${counted(mentorCount, 'mentor')}`}.
          </ConfirmButton>
        )}
      </div>
      {hasContent(form.draft) && (
        <p className="muted">
          {isTooLongToStore(form.draft)
            ? 'This list of mentors is too long to keep after a reload. The other fields are kept.'
            : 'This tab keeps what you fill in until you register it, clear it or sign out.'}
        </p>
      )}
    </Form>
  );

  function buttonText(): string {
    if (check.isPending) return 'Checking …';
    if (create.isPending) return 'Registering …';
    const mentors = mentorCount === 0 ? 'mentors' : counted(mentorCount, 'mentor');
    return report === null ? `Check ${mentors}` : `Register ${mentors}`;
  }
}
