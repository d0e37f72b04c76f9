import { type FieldError, GetResultsQuery, ResultsResponse } from '@bulk/contract';
import { AppError, type Deps, formatRegistrationId, listResults, openResults } from '@bulk/core';
import type { FastifyReply } from 'fastify';
import type { App } from '../fastify-app.ts';
import { DOCUMENT_EXAMPLES } from '../openapi/document-examples.ts';
import { problems } from './problem-responses.ts';
import { FILE_TYPES, FILE_WRITERS, type FileFormat } from './result-files.ts';
import { documentedFiles, IdParams, registrationIdOf, TAG, textStream } from './shared.ts';

const schema = {
  tags: [TAG],
  operationId: 'getResults',
  summary: 'Read or download the results of a bulk registration job',
  description:
    'In the order of mentor_ids, also while processing: then `Results-Complete` is false, and the file name ' +
    'says `incomplete`. A file is whole only if the answer ended properly. It shows one attempt, whatever is ' +
    "retried meanwhile. In CSV a cell that begins like a formula gets a `'` in front.",
  params: IdParams,
  querystring: GetResultsQuery,
  response: {
    200: documentedFiles(ResultsResponse, {
      description: 'A page, or a file.',
      headers: ['Results-Complete', 'Content-Disposition', 'Cache-Control'],
      files: Object.values(FILE_TYPES),
    }),
    ...problems('validation', 'registration_not_found', 'internal', 'unavailable'),
  },
  'x-examples': { 200: DOCUMENT_EXAMPLES.results },
};

export function resultsRoute(app: App, deps: Deps): void {
  app.get('/:id/results', { schema, config: { access: 'viewer' } }, async (request, reply) => {
    const id = registrationIdOf(request.params);
    const { format = 'json', ...wanted } = request.query;
    refuseContradictions(wanted);
    reply.header('cache-control', 'private, no-cache');

    if (format === 'json') {
      const page = await listResults({ ...deps, caller: request.caller }, id, wanted);
      return reply.header('results-complete', String(page.complete)).send(page);
    }
    const { isComplete, pages } = await openResults({ ...deps, caller: request.caller }, id, wanted);
    describeFile(reply, { name: formatRegistrationId(id), isComplete, format });
    return reply.send(textStream(request, FILE_WRITERS[format](pages)));
  });
}

interface ResultFile {
  name: string;
  isComplete: boolean;
  format: FileFormat;
}

function describeFile(reply: FastifyReply, { name, isComplete, format }: ResultFile): void {
  const fileName = `${name}-results${isComplete ? '' : '-incomplete'}.${format}`;
  reply
    .type(FILE_TYPES[format])
    .header('results-complete', String(isComplete))
    .header('content-disposition', `attachment; filename="${fileName}"`);
}

/** What no schema of a single parameter can say. */
function refuseContradictions({ status, code }: Pick<GetResultsQuery, 'status' | 'code'>): void {
  if (code === undefined || status === undefined || status === 'failed') return;
  const detail = 'must be failed, or left out, where code is given';
  const fieldError: FieldError = { parameter: 'status', code: 'not_allowed', detail };
  throw new AppError('validation', `status ${detail}.`, { fieldErrors: [fieldError] });
}
