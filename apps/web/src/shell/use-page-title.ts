import { useEffect } from 'react';

/** Sets the title of the page, for the tab, the history and screen readers. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Bulk registrations`;
  }, [title]);
}
