import { type RefObject, useLayoutEffect } from 'react';

/**
 * Moves the focus to the heading of its section when an element is removed that has the focus, or whose dialog has it.
 * Otherwise keyboard users would start again at the top of the page.
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
      if (!isInside || heading === null || heading === undefined) return;
      heading.tabIndex = -1;
      // The dialog moves the focus too when it is removed; the last one wins.
      setTimeout(() => {
        const { activeElement } = document;
        if (heading.isConnected && (activeElement === null || activeElement === document.body))
          heading.focus();
      });
    };
  }, [element, dialog]);
}
