import type { SearchHit, SearchKind } from '@bulk/contract';
import { useEffect, useRef } from 'react';

const KINDS: Record<SearchKind, string> = {
  registration: 'Registration',
  activity: 'Activity',
  mentor: 'Mentor',
  coordinator: 'Coordinator',
  activity_type: 'Activity type',
};

interface Props {
  id: string;
  hits: readonly SearchHit[];
  /** The marked hit. */
  current: number;
  onChoose: (hit: SearchHit) => void;
}

/** Renders the list of a combobox. The focus stays in its box. */
export function SearchHits({ id, hits, current, onChoose }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (hits.length > 0) list.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [hits, current]);
  return (
    <div
      ref={list}
      id={id}
      className="search-hits"
      role="listbox"
      aria-label="Hits"
      hidden={hits.length === 0}
    >
      {hits.map((hit, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the box.
        <div
          key={`${hit.kind} ${hit.id}`}
          id={`${id}-${index}`}
          className="search-hit"
          role="option"
          tabIndex={-1}
          aria-selected={index === current}
          // Otherwise the box loses the focus, and the list closes before the click.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(hit)}
        >
          <span className="verbatim search-id">{hit.id}</span>
          <span className="muted">{KINDS[hit.kind]}</span>
          <span className="muted verbatim search-title">{hit.title}</span>
        </div>
      ))}
    </div>
  );
}
