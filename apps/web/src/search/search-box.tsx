import type { SearchHit } from '@bulk/contract';
import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { messageOf } from '../api.ts';
import { say } from '../components/toasts.tsx';
import './search-box.css';
import { SearchHits } from './search-hits.tsx';
import { pageOfHit, searchOf, useSearch } from './use-search.ts';

export const SEARCH_ID = 'search';
const LIST_ID = 'search-hits';

/**
 * Renders the search box of the header, a combobox as in the ARIA practices: the arrow keys mark a hit, Enter goes to
 * the marked hit or to the best one, and Escape closes the list.
 */
export function SearchBox() {
  const [text, setText] = useState('');
  const [isOpen, setIsOpen] = useState(false);
  const [marked, setMarked] = useState(0);
  const [, navigate] = useLocation();
  const queryClient = useQueryClient();
  const sought = text.trim();
  const search = useSearch(sought);
  const hits = sought === '' ? [] : (search.data ?? []);
  const isShown = isOpen && sought !== '';
  const current = Math.min(marked, hits.length - 1);

  const go = (hit: SearchHit) => {
    setText('');
    setIsOpen(false);
    navigate(pageOfHit(hit));
  };
  /** Reads the hits of exactly this text: those that are shown may be of an earlier one. */
  const goToBest = async () => {
    try {
      const found = await queryClient.query(searchOf(sought));
      const hit = found[isShown ? current : 0] ?? found[0];
      if (hit) go(hit);
      else say(`Nothing matches “${sought}”.`, 'warn');
    } catch (error) {
      say(messageOf(error), 'warn');
    }
  };
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (event.key === 'Enter' && sought !== '') void goToBest();
    else if (event.key === 'Escape' && isShown) setIsOpen(false);
    else if (step === undefined || hits.length === 0) return;
    else {
      if (isShown) setMarked((current + step + hits.length) % hits.length);
      setIsOpen(true);
    }
    event.preventDefault();
  };

  return (
    <search className="search">
      <input
        id={SEARCH_ID}
        className="input"
        role="combobox"
        aria-label="Search"
        aria-expanded={isShown}
        aria-controls={LIST_ID}
        aria-autocomplete="list"
        aria-activedescendant={isShown && hits.length > 0 ? `${LIST_ID}-${current}` : undefined}
        placeholder="Search"
        title="Search for an ID of a registration, an activity or a mentor, an external reference, a coordinator or an activity type. Shortcut: /"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setMarked(0);
          setIsOpen(true);
        }}
        onBlur={() => setIsOpen(false)}
        onKeyDown={press}
      />
      <div className={isShown ? 'card search-panel' : 'visually-hidden'}>
        <p role="status" className="search-status muted">
          {isShown && statusOf(sought, hits.length, search)}
        </p>
        <SearchHits id={LIST_ID} hits={isShown ? hits : []} current={current} onChoose={go} />
      </div>
    </search>
  );
}

function statusOf(sought: string, hits: number, { isPending, error }: ReturnType<typeof useSearch>): string {
  if (error !== null) return messageOf(error);
  if (isPending) return 'Searching …';
  if (hits === 0) return `Nothing matches “${sought}”.`;
  return hits === 1 ? '1 hit. Press Enter to open it.' : `${hits} hits. Press Enter to open the marked one.`;
}
