import { type RefObject, useLayoutEffect } from 'react';

/**
 * Moves the focus when an element is removed that has it, or whose dialog has it: to the heading of its section, or of
 * the page if that is removed too. Otherwise keyboard users would start again at the top of the page.
 */
export function useFocusKept(
  element: RefObject<HTMLElement | null>,
  dialog?: RefObject<HTMLElement | null>,
): void {
  useLayoutEffect(() => {
    const current = element.current;
    const heading = current?.closest('section, header')?.querySelector<HTMLElement>('h1, h2');
    return () => {
      const focused = document.activeElement;
      const isInside = current?.contains(focused) || dialog?.current?.contains(focused);
      if (!isInside) return;
      // The dialog moves the focus too when it is removed; the last one wins.
      setTimeout(() => {
        const { activeElement } = document;
        if (activeElement !== null && activeElement !== document.body) return;
        const target = heading?.isConnected ? heading : document.querySelector<HTMLElement>('main h1');
        if (target === null) return;
        target.tabIndex = -1;
        target.focus();
      });
    };
  }, [element, dialog]);
}
