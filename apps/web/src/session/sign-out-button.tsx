import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { silence } from '../components/toasts.tsx';
import { forgetForm } from '../register/draft.ts';
import { signOut, useSession } from './session.ts';

/** Renders the button that forgets the key and everything that was read with it; nothing if there is no key. */
export function SignOutButton() {
  const session = useSession();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  if (session !== 'signed-in') return null;
  return (
    <button
      type="button"
      className="button button-quiet"
      onClick={() => {
        signOut();
        silence();
        queryClient.clear();
        forgetForm();
        navigate('/');
      }}
    >
      Sign out
    </button>
  );
}
