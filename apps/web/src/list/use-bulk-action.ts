import type { RegistrationSummary } from '@bulk/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client, messageOf } from '../api.ts';
import { say } from '../components/toasts.tsx';
import { counted } from '../format.ts';

export type BulkAction = keyof typeof ACTIONS;

/** What each action does to one registration, which registrations it is for, and how it is named afterwards. */
const ACTIONS = {
  retry: {
    isFor: ({ status, failure_count }: RegistrationSummary) =>
      failure_count > 0 && (status === 'completed' || status === 'failed'),
    run: (id: string) => client.retryFailed(id),
    said: 'retried',
  },
  cancel: {
    isFor: ({ status }: RegistrationSummary) => status === 'processing',
    run: (id: string) => client.cancel(id),
    said: 'cancelled',
  },
  delete: {
    isFor: ({ status }: RegistrationSummary) => status !== 'processing',
    run: (id: string) => client.delete(id),
    said: 'deleted',
  },
};

interface Request {
  action: BulkAction;
  registrations: readonly RegistrationSummary[];
}

/** Returns the registrations that an action is for. */
export function actedOn(action: BulkAction, registrations: readonly RegistrationSummary[]) {
  return registrations.filter(ACTIONS[action].isFor);
}

/** Acts on several registrations, one after the other. Answers with those that were refused, a sentence each. */
export function useBulkAction() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ action, registrations }: Request): Promise<string[]> => {
      const refused: string[] = [];
      for (const { id } of registrations) {
        try {
          await ACTIONS[action].run(id);
        } catch (error) {
          refused.push(`${id}: ${messageOf(error)}`);
        }
      }
      return refused;
    },
    onSuccess: (refused, { action, registrations }) => {
      const done = registrations.length - refused.length;
      if (done > 0)
        say(`${counted(done, 'registration')} ${done === 1 ? 'was' : 'were'} ${ACTIONS[action].said}.`);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['list'] }),
  });
}
