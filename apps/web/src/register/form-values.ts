import type { ApiProblem } from '@bulk/client';
import type { MentorFile } from '@bulk/client/mentor-file';
import { type CreateRegistrationRequest, type FieldError, LIMITS } from '@bulk/contract';
import { count, counted } from '../format.ts';

/** As typed. Whether it makes sense is the API's to say. */
export interface FormValues {
  coordinator_id: string;
  activity_type: string;
  activity_date: string;
  duration_minutes: string;
  notes: string;
  label: string;
  external_reference: string;
}

export const EMPTY_FORM: FormValues = {
  coordinator_id: '',
  activity_type: '',
  activity_date: '',
  duration_minutes: '',
  notes: '',
  label: '',
  external_reference: '',
};

export type FieldErrors = Partial<Record<keyof FormValues | 'mentor_ids', string[]>>;

/** Fields that are left empty are left out, so that the API calls them missing. */
export function requestOf(values: FormValues, mentorIds: string[]): CreateRegistrationRequest {
  const { duration_minutes, ...texts } = values;
  const filled = Object.entries(texts).filter(([, value]) => value.trim() !== '');
  return {
    ...(Object.fromEntries(filled) as Omit<FormValues, 'duration_minutes'>),
    ...(duration_minutes !== '' && { duration_minutes: Number(duration_minutes) }),
    mentor_ids: mentorIds,
  } as CreateRegistrationRequest;
}

/** The errors of a refused request, by the field they belong to; those of a mentor name the mentor. */
export function fieldErrorsOf(
  { errors }: ApiProblem,
  { mentor_ids }: CreateRegistrationRequest,
): FieldErrors {
  const byField: Record<string, string[]> = {};
  for (const fieldError of errors) {
    const [field = '', index] = pathOf(fieldError);
    const mentor = index === undefined ? undefined : mentor_ids[Number(index)];
    const text = mentor === undefined ? fieldError.detail : `“${mentor}” ${fieldError.detail}`;
    byField[field] = [...(byField[field] ?? []), text];
  }
  return byField;
}

/** Said before anything is sent: 100,000 ids are megabytes. */
export function tooMany(read: MentorFile): FieldErrors {
  const limit = LIMITS.mentorsPerRegistration;
  if (read.kind !== 'list' || read.ids.length <= limit) return {};
  const message = `${counted(read.ids.length, 'mentor')}: at most ${count(limit)} fit into one registration. Split the list.`;
  return { mentor_ids: [message] };
}

/** '#/mentor_ids/17' → ['mentor_ids', '17'] */
function pathOf({ pointer = '' }: FieldError): string[] {
  return pointer.replace(/^#?\//, '').split('/');
}
