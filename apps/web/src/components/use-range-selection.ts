import { type ChangeEvent, useRef } from 'react';

/**
 * Returns the change handler of check boxes in a list. With Shift held, by mouse or with the space bar, it changes all
 * rows from the last changed one to this one.
 *
 * @param ids of the rows that can be selected, in the order shown
 */
export function useRangeSelection(
  ids: readonly string[],
  selected: ReadonlySet<string>,
  onSelectedChange: (selected: ReadonlySet<string>) => void,
) {
  const last = useRef<string>(undefined);
  return (id: string, { target, nativeEvent }: ChangeEvent<HTMLInputElement>) => {
    const isRange = 'shiftKey' in nativeEvent && nativeEvent.shiftKey === true;
    const next = new Set(selected);
    for (const each of isRange ? between(ids, last.current, id) : [id]) {
      if (target.checked) next.add(each);
      else next.delete(each);
    }
    last.current = id;
    onSelectedChange(next);
  };
}

function between(ids: readonly string[], from: string | undefined, to: string): readonly string[] {
  const start = from === undefined ? -1 : ids.indexOf(from);
  const end = ids.indexOf(to);
  // The last changed row is not shown any more.
  if (start === -1) return [to];
  return ids.slice(Math.min(start, end), Math.max(start, end) + 1);
}
