import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { Link } from 'wouter';
import { count, counted } from '../format.ts';
import { withPage } from './list-query.ts';

interface Props {
  total: number;
  /** false: there are more than the total. */
  isExact: boolean;
  page: number;
  /** The page that is shown; another one until the chosen page has been read. */
  shownPage: number;
  pages: number;
  params: URLSearchParams;
  /** What else can be done with the list. */
  children?: ReactNode;
}

export function Pager({ total, isExact, page, shownPage, pages, params, children }: Props) {
  const nav = useRef<HTMLElement>(null);
  // A longer page moves the links down, out of the window; who has pressed one may press it again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page that is shown makes the length.
  useLayoutEffect(() => {
    if (nav.current?.contains(document.activeElement)) nav.current.scrollIntoView({ block: 'nearest' });
  }, [shownPage]);
  return (
    <nav ref={nav} className="pager" aria-label="Pages">
      <p className="muted numeric" role="status">
        {isExact ? counted(total, 'registration') : `More than ${counted(total, 'registration')}`}
        {pages > 1 && ` · page ${count(page)} of ${count(pages)}`}
      </p>
      {children}
      {(pages > 1 || page > pages) && (
        <div className="row">
          <PageLink
            label="Previous"
            href={withPage(params, Math.max(1, Math.min(page - 1, pages)))}
            isDisabled={page === 1}
          />
          <PageLink
            label="Next"
            href={withPage(params, Math.min(page + 1, pages))}
            isDisabled={page >= pages}
          />
        </div>
      )}
    </nav>
  );
}

/** Stays where it is when it is disabled: it may have the focus. */
function PageLink({ label, href, isDisabled }: { label: string; href: string; isDisabled: boolean }) {
  return (
    <Link
      className="button"
      href={href}
      aria-disabled={isDisabled}
      onClick={(event) => {
        if (isDisabled) event.preventDefault();
      }}
    >
      {label}
    </Link>
  );
}
