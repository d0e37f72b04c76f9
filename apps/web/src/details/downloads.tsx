import { client, detailsUrl } from '../api.ts';
import type { Registration } from './use-registration.ts';

/** Renders the download links. The browser downloads by itself, so that a large file takes no memory of this page. */
export function Downloads({ registration: { id, status, failure_count } }: { registration: Registration }) {
  return (
    <div className="row downloads">
      <span className="muted" id="downloads-label">
        {status === 'processing' ? 'Download results so far' : 'Download'}
      </span>
      <ul className="row" aria-labelledby="downloads-label">
        <DownloadLink label="CSV" href={client.resultsUrl(id, { format: 'csv' })} />
        {failure_count > 0 && (
          <DownloadLink
            label="CSV of failed mentors"
            href={client.resultsUrl(id, { format: 'csv', status: 'failed' })}
          />
        )}
        <DownloadLink label="NDJSON" href={client.resultsUrl(id, { format: 'ndjson' })} />
        <DownloadLink label="JSON" href={detailsUrl(id)} name={`${id}.json`} />
      </ul>
    </div>
  );
}

function DownloadLink({ label, href, name = '' }: { label: string; href: string; name?: string }) {
  return (
    <li>
      <a className="button" href={href} download={name}>
        {label}
      </a>
    </li>
  );
}
