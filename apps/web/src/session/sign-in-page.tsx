import { Field } from '@base-ui/react/field';
import { ApiProblem, createClient } from '@bulk/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { messageOf } from '../api.ts';
import { Notice } from '../components/notice.tsx';
import { usePageTitle } from '../shell/use-page-title.ts';
import { signIn, useSession } from './session.ts';
import './sign-in-page.css';

/** Asks for the key, and signs in if the service accepts it. */
export function SignInPage() {
  usePageTitle('Sign in');
  const session = useSession();
  const queryClient = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const check = useMutation({
    mutationFn: (apiKey: string) => createClient({ baseUrl: '', apiKey }).list({ limit: 1 }, { tries: 1 }),
    onSuccess: (_, apiKey) => {
      // Another key may see other registrations.
      queryClient.clear();
      signIn(apiKey);
    },
    gcTime: 0,
  });
  const isInvalid = check.error instanceof ApiProblem && check.error.status === 401;
  useEffect(() => {
    input.current?.focus();
    if (check.error !== null) input.current?.select();
  }, [check.error]);

  return (
    <form
      className="card sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        if (!check.isPending) check.mutate(input.current?.value.trim() ?? '');
      }}
    >
      <h1>Sign in</h1>
      <p className="muted">
        {session === 'refused'
          ? 'The service no longer accepts your key. Enter a valid key to continue.'
          : 'This service asks for a key. You get one from its operator.'}
      </p>
      <Field.Root className="field" invalid={isInvalid}>
        <Field.Label className="field-label">API key</Field.Label>
        {/* The field has no name and no value of ours, so that the key gets neither into the address nor into the HTML. */}
        <Field.Control ref={input} className="input" type="password" autoComplete="off" spellCheck={false} />
        <Field.Description className="field-hint">
          This tab keeps it until you sign out or close the tab.
        </Field.Description>
        <Field.Error className="field-error" match={isInvalid} role="alert">
          {check.error?.message}
        </Field.Error>
      </Field.Root>
      {check.error !== null && !isInvalid && (
        <Notice tone="warn" role="alert">
          <p>{messageOf(check.error)}</p>
        </Notice>
      )}
      {/* Not disabled while busy: the focus would be lost. */}
      <button type="submit" className="button button-primary" aria-disabled={check.isPending}>
        {check.isPending ? 'Signing in …' : 'Sign in'}
      </button>
    </form>
  );
}
