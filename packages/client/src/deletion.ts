import type { DeleteRegistrationResponse } from '@bulk/contract';
import { deletionMessage } from '@bulk/contract/plain';
import { ApiProblem, stillProcessing } from './errors.ts';
import { pathOf, readStatus, type StatusSnapshot } from './snapshot.ts';
import type { Call, CallOptions, Transport } from './transport.ts';

// DELETE does two things, and a repetition after a lost answer finds its own work done. Here each of the
// two is asked for by itself, and that find is the success that it is.

export interface DeleteOptions extends CallOptions {
  /** Delete only what still is as it was seen; left out, as it is right before. */
  seen?: StatusSnapshot | undefined;
}

/** @throws ApiProblem `not_running` */
export async function cancelRegistration(
  transport: Transport,
  id: string,
  options: CallOptions,
): Promise<DeleteRegistrationResponse> {
  try {
    return await sendDelete(transport, { path: pathOf(id), query: { only: 'cancel' } }, options);
  } catch (error) {
    if (!(isOfRepetition(error) && error.code === 'not_running')) throw error;
    const { details } = await readStatus(transport, id, options);
    if (details.status !== 'cancelled') throw error;
    return { message: deletionMessage(id, 'cancelled') };
  }
}

/** @throws ApiProblem `still_processing`, `changed_meanwhile` */
export async function deleteRegistration(
  transport: Transport,
  id: string,
  { seen, ...options }: DeleteOptions,
): Promise<DeleteRegistrationResponse> {
  const { details, etag } = seen ?? (await readStatus(transport, id, options));
  if (details.status === 'processing') throw stillProcessing(id);
  try {
    return await sendDelete(transport, { path: pathOf(id), headers: { 'if-match': etag } }, options);
  } catch (error) {
    if (!(isOfRepetition(error) && error.code === 'registration_not_found')) throw error;
    return { message: deletionMessage(id, 'deleted') };
  }
}

function sendDelete(
  transport: Transport,
  call: Omit<Call, 'method'>,
  options: CallOptions,
): Promise<DeleteRegistrationResponse> {
  return transport.send(
    { method: 'DELETE', ...call },
    options,
    async (response) => (await response.json()) as DeleteRegistrationResponse,
  );
}

function isOfRepetition(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && error.earlierTries > 0;
}
