import { client, detailsUrl } from '../api.ts';
import { ownColumnsOf } from '../register/own-columns.ts';
import { useSession } from '../session/session.ts';
import { DownloadButton } from './download-button.tsx';
import type { ResultFile } from './save-results.ts';
import type { Registration } from './use-registration.ts';

/**
 * Renders the downloads. With a link the browser downloads by itself, so that a large file takes no memory of this
 * page; but a link sends no key.
 */
export function Downloads({ registration: { id, status, failure_count } }: { registration: Registration }) {
  const isSignedIn = useSession() === 'signed-in';
  const mentors = ownColumnsOf(id);
  const files: ResultFile[] = [
    { label: 'CSV', format: 'csv' },
    ...(mentors ? [{ label: 'CSV with your columns', format: 'csv', mentors } as const] : []),
    ...(failure_count > 0
      ? [{ label: 'CSV of failed mentors', format: 'csv', status: 'failed' } as const]
      : []),
    { label: 'NDJSON', format: 'ndjson' },
    { label: 'JSON', format: 'json' },
  ];
  return (
    <div className="row downloads">
      <span className="muted" id="downloads-label">
        {status === 'processing' ? 'Download results so far' : 'Download'}
      </span>
      <ul className="row" aria-labelledby="downloads-label">
        {files.map((file) => (
          <li key={file.label}>
            {isSignedIn || file.mentors ? (
              <DownloadButton id={id} file={file} />
            ) : (
              <DownloadLink id={id} file={file} />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function DownloadLink({ id, file: { label, format, status } }: { id: string; file: ResultFile }) {
  const isJson = format === 'json';
  return (
    <a
      className="button"
      href={isJson ? detailsUrl(id) : client.resultsUrl(id, { format, status })}
      download={isJson ? `${id}.json` : ''}
    >
      {label}
    </a>
  );
}
