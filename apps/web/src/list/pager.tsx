import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { count, counted } from '../format.ts';
import { withPage } from './list-query.ts';

interface Props {
  total: number;
  /** false: there are more than the total. */
  isExact: boolean;
  page: number;
  pages: number;
  params: URLSearchParams;
  /** What else can be done with the list. */
  children?: ReactNode;
}

export function Pager({ total, isExact, page, pages, params, children }: Props) {
  return (
    <nav className="pager" aria-label="Pages">
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
