import { ServiceUnreachable } from '@bulk/client';
import type { MentorList } from '@bulk/client/mentor-file';
import type { ResultFormat, ResultStatus } from '@bulk/contract';
import { client } from '../api.ts';
import { saveFile } from '../save-file.ts';
import { currentKey } from '../session/session.ts';

/** A file of results that users can download; json: the details of the registration with all results. */
export interface ResultFile {
  label: string;
  format: ResultFormat;
  status?: ResultStatus;
  /** A CSV gets their other columns. */
  mentors?: MentorList;
}

/** Fetches the whole file into memory, with the key, and saves it. */
export async function saveResults(id: string, file: ResultFile): Promise<void> {
  const key = currentKey();
  const { blob, filename } = await fetchFile(id, file);
  // Otherwise the user has signed out meanwhile.
  if (currentKey() !== key) return;
  saveFile(blob, filename);
}

async function fetchFile(
  id: string,
  { format, status, mentors }: ResultFile,
): Promise<{ blob: Blob; filename: string }> {
  if (format === 'json') {
    const { details } = await client.get(id);
    return {
      blob: new Blob([JSON.stringify(details)], { type: 'application/json' }),
      filename: `${id}.json`,
    };
  }
  if (mentors !== undefined) {
    const { resultsWithColumns } = await import('@bulk/client/results-with-columns');
    const parts: string[] = [];
    for await (const part of resultsWithColumns(client.resultPages(id), mentors)) parts.push(part);
    return { blob: new Blob(parts, { type: 'text/csv' }), filename: `${id}-results-with-columns.csv` };
  }
  const { body, filename } = await client.download(id, { format, status });
  try {
    return { blob: await new Response(body).blob(), filename };
  } catch (error) {
    throw new ServiceUnreachable('The download was interrupted', { cause: error });
  }
}
