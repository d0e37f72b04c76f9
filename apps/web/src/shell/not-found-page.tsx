import { EmptyState } from '../components/empty-state.tsx';
import { usePageTitle } from './use-page-title.ts';

export function NotFoundPage() {
  usePageTitle('Not found');
  return (
    <EmptyState
      title="There is no such page"
      text="The address may be mistyped."
      action={{ href: '/', label: 'All registrations' }}
    />
  );
}
