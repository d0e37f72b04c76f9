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
          <PageLink label="Previous" href={page > 1 ? withPage(params, Math.min(page - 1, pages)) : null} />
          <PageLink label="Next" href={page < pages ? withPage(params, page + 1) : null} />
        </div>
      )}
    </nav>
  );
}

function PageLink({ label, href }: { label: string; href: string | null }) {
  if (href !== null) {
    return (
      <Link className="button" href={href}>
        {label}
      </Link>
    );
  }
  return (
    <button type="button" className="button" disabled>
      {label}
    </button>
  );
}
