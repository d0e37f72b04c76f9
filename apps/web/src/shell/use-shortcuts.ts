import { useEffect } from 'react';

/**
 * Runs an action when its key is pressed alone, on every page. Not while the user types or chooses, and not while a
 * dialog is open.
 *
 * @param actions by key; the same object as long as they are the same
 */
export function useShortcuts(actions: Record<string, () => void>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const action = actions[event.key];
      if (action === undefined || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented)
        return;
      if (isTaken(event.target) || document.querySelector('[role="alertdialog"]') !== null) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [actions]);
}

/** Tells whether the element does something with letters itself. */
function isTaken(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input:not([type="checkbox"]), textarea, select') !== null
  );
}
