import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Download, ServiceUnreachable } from '@bulk/client';
import { resultsWithColumns } from '@bulk/client/results-with-columns';
import {
  RESULT_ERROR_CODES,
  RESULT_FORMATS,
  RESULT_STATUSES,
  type ResultErrorCode,
  type ResultFormat,
  type ResultStatus,
  type ResultsResponse,
} from '@bulk/contract';
import { Option } from 'commander';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readMentorsOf } from '../mentors/read-mentors.ts';
import type { Registry } from '../registry.ts';
import { UsageError } from '../usage-error.ts';
import { jsonDocument } from './results-json.ts';

interface ResultsOptions {
  format?: ResultFormat;
  status?: ResultStatus;
  code?: ResultErrorCode;
  output?: string;
  withColumns?: string;
  column?: string;
}

export function addResults({ program, perform }: Registry): void {
  program
    .command('results')
    .description('Print the result of each mentor, in the order of the request.')
    .argument('<id>', 'such as bulk-001')
    .addOption(
      new Option('--format <format>', 'output format; csv by default, json with --json').choices(
        RESULT_FORMATS,
      ),
    )
    .addOption(new Option('--status <status>', 'only mentors with this status').choices(RESULT_STATUSES))
    .addOption(new Option('--code <code>', 'only mentors with this error code').choices(RESULT_ERROR_CODES))
    .option(
      '--output <file>',
      'write the results to this file, which is created when all of them have arrived',
    )
    .option(
      '--with-columns <file>',
      'put the other columns of this file of mentors behind the results (CSV only)',
    )
    .option('--column <name>', 'heading or number of the column with the IDs in that file')
    .action((id: string, options: ResultsOptions) =>
      perform((context) => writeResults(context, id, options)),
    );
}

async function writeResults(context: Context, id: string, options: ResultsOptions): Promise<ExitCode> {
  const { io, say } = context;
  const { source, isComplete } = await openResults(context, id, options);
  if (options.output === undefined) await pipeline(source, io.stdout, { end: false, signal: io.signal });
  else await writeFileWhole(source, options.output, io.signal);
  if (!isComplete()) say(`${id} is still processing. These are the results so far.`);
  return EXIT.ok;
}

interface Opened {
  source: Readable;
  /** Valid after the source has ended. */
  isComplete: () => boolean;
}

async function openResults(context: Context, id: string, options: ResultsOptions): Promise<Opened> {
  const { client, io, isJson } = context;
  const { withColumns, status, code } = options;
  const format = options.format ?? (isJson && withColumns === undefined ? 'json' : 'csv');
  const filter = { status, code, signal: io.signal };
  if (withColumns !== undefined) {
    if (format !== 'csv') throw new UsageError('--with-columns writes CSV. Leave out --format and --json');
    const mentors = await readMentorsOf(withColumns, withColumns, {
      column: options.column,
      stdin: io.stdin,
    });
    return openPages(client.resultPages(id, filter), (pages, onPage) =>
      resultsWithColumns(pages, mentors, onPage),
    );
  }
  if (format === 'json') return openPages(client.resultPages(id, filter), jsonDocument);
  const { body, isComplete } = await client.download(id, { ...filter, format });
  return { source: Readable.from(chunksOf(body)), isComplete: () => isComplete };
}

function openPages(pages: AsyncIterable<ResultsResponse>, write: typeof jsonDocument): Opened {
  let isComplete = true;
  const source = Readable.from(
    write(pages, (page) => {
      isComplete &&= page.complete;
    }),
  );
  return { source, isComplete: () => isComplete };
}

/** @throws ServiceUnreachable if the download is interrupted */
async function* chunksOf(body: Download['body']): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of Readable.fromWeb(body)) yield chunk as Uint8Array;
  } catch (error) {
    throw new ServiceUnreachable('The download was interrupted', { cause: error });
  }
}

async function writeFileWhole(source: Readable, file: string, signal: AbortSignal): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await pipeline(source, createWriteStream(partial) as Writable, { signal });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new UsageError(`Cannot write --output ${file} (${code})`, { cause: error });
  }
}
