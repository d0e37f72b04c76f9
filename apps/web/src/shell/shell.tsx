import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { SEARCH_ID, SearchBox } from '../search/search-box.tsx';
import { useIsKeyNeeded } from '../session/session.ts';
import { SignOutButton } from '../session/sign-out-button.tsx';
import { useCaller } from '../session/use-caller.ts';
import './shell.css';
import { ThemeToggle } from './theme-toggle.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** Renders the frame of every page: the header, the navigation and the content. */
export function Shell({ children }: { children: ReactNode }) {
  const content = useRef<HTMLElement>(null);
  const role = useCaller()?.role;
  const [path, navigate] = useLocation();
  useShortcuts(
    useMemo(
      () => ({ n: () => navigate('/new'), '/': () => document.getElementById(SEARCH_ID)?.focus() }),
      [navigate],
    ),
  );
  // The sign-in page puts the focus into its field.
  const isKeyNeeded = useIsKeyNeeded();
  const shown = isKeyNeeded ? null : path;
  const lastShown = useRef(shown);
  useEffect(() => {
    // As after a full page load: a screen reader continues at the top of the new page.
    if (shown !== null && lastShown.current !== shown) content.current?.focus();
    lastShown.current = shown;
  }, [shown]);

  return (
    <>
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <header className="top-bar">
        <div className="top-bar-inner">
          <Link className="brand" href="/">
            <img src="/icon.svg" alt="" width="26" height="26" />
            <span className="brand-name">Bulk registrations</span>
          </Link>
          {!isKeyNeeded && <SearchBox />}
          <nav className="row" aria-label="Main">
            <a className="button button-quiet top-bar-extra" href="/docs">
              API
            </a>
            {role === 'admin' && (
              <Link className="button button-quiet" href="/operations">
                Operations
              </Link>
            )}
            <SignOutButton />
            <ThemeToggle />
            <Link className="button button-primary" href="/new">
              New<span className="top-bar-extra"> registration</span>
            </Link>
          </nav>
        </div>
      </header>
      <main ref={content} id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
