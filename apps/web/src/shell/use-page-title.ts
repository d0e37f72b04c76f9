import { useEffect } from 'react';

/** Names the page in the tab and in the history, and to a screen reader that has just come here. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Bulk registrations`;
  }, [title]);
}
