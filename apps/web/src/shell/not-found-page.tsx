import { EmptyState } from '../components/empty-state.tsx';
import { usePageTitle } from './use-page-title.ts';

export function NotFoundPage() {
  usePageTitle('Not found');
  return (
    <EmptyState
      title="Page not found"
      text="There is no page at this address. Check the address."
      action={{ href: '/', label: 'All registrations' }}
    />
  );
}
