import { Link } from 'wouter';

/** Shows where this page is: below the list of registrations. */
export function Breadcrumbs({ current }: { current: string }) {
  return (
    <nav aria-label="Breadcrumb">
      <ol className="breadcrumbs">
        <li>
          <Link href="/">Registrations</Link>
        </li>
        <li className="verbatim" aria-current="page">
          {current}
        </li>
      </ol>
    </nav>
  );
}
