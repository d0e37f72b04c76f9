import {
  Activity,
  ActivityDetails,
  Attempt,
  AttemptsResponse,
  CreateRegistrationRequest,
  CreateRegistrationResponse,
  DeleteRegistrationResponse,
  FailuresResponse,
  FieldError,
  ListDeliveriesResponse,
  ListMentorActivitiesResponse,
  ListRegistrationsResponse,
  MentorResult,
  Problem,
  RegistrationDetails,
  RegistrationGone,
  RegistrationProgress,
  RegistrationState,
  RegistrationStatusSchema,
  RegistrationSummary,
  RegistrationWithoutMentors,
  ResultError,
  ResultsResponse,
  RetryRegistrationRequest,
  RetryRegistrationResponse,
  SearchHit,
  SearchResponse,
  TotalsResponse,
  TransientError,
  VerificationResponse,
  WebhookDelivery,
  Worker,
} from '@bulk/contract';

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

export interface OpenApiDocument {
  paths?: object;
  components?: object;
}

/** What the document calls the schemas of the contract. */
const NAMED_SCHEMAS: Record<string, object> = {
  CreateRegistrationRequest,
  CreateRegistrationResponse,
  RetryRegistrationRequest,
  RetryRegistrationResponse,
  DeleteRegistrationResponse,
  ListRegistrationsResponse,
  RegistrationSummary,
  RegistrationDetails,
  RegistrationWithoutMentors,
  RegistrationProgress,
  RegistrationState,
  RegistrationGone,
  RegistrationStatus: RegistrationStatusSchema,
  MentorResult,
  AttemptsResponse,
  Attempt,
  ResultsResponse,
  FailuresResponse,
  VerificationResponse,
  ResultError,
  TransientError,
  ListDeliveriesResponse,
  WebhookDelivery,
  Worker,
  Activity,
  ActivityDetails,
  ListMentorActivitiesResponse,
  SearchResponse,
  SearchHit,
  TotalsResponse,
  Problem,
  FieldError,
};

/** Names the contract's schemas instead of repeating them, and puts each operation's examples where readers look. */
export function tidyDocument<T extends OpenApiDocument>(document: T): T {
  const plain = JSON.parse(JSON.stringify(document)) as T;
  const paths = (plain.paths ?? {}) as Record<string, Record<string, JsonObject>>;
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path)))
    placeExamples(operation);
  const { paths: _paths, components, ...about } = plain;
  return {
    ...about,
    paths: withReferences(paths),
    components: { ...components, schemas: namedSchemas() },
  } as T;
}

/** `x-examples` of an operation is `{ request, 200, … }`. */
function placeExamples(operation: JsonObject): void {
  const { request, ...responses } = (operation['x-examples'] ?? {}) as JsonObject;
  delete operation['x-examples'];
  if (request !== undefined) jsonMediaOf(operation.requestBody).example = request;
  for (const [status, example] of Object.entries(responses)) {
    jsonMediaOf((operation.responses as JsonObject)[status]).example = example;
  }
}

function jsonMediaOf(holder: Json | undefined): JsonObject {
  const content = (holder as { content?: Record<string, JsonObject> } | undefined)?.content;
  const media = content?.['application/json'];
  if (media === undefined) throw new Error('an example belongs to no JSON content');
  return media;
}

const NAMES = new Map(Object.entries(NAMED_SCHEMAS).map(([name, schema]) => [JSON.stringify(schema), name]));

function namedSchemas(): JsonObject {
  return Object.fromEntries(
    Object.entries(NAMED_SCHEMAS).map(([name, schema]) => {
      const own = JSON.parse(JSON.stringify(schema)) as JsonObject;
      return [name, withInnerReferences(own)];
    }),
  );
}

function withReferences(value: Json): Json {
  const name = NAMES.get(JSON.stringify(value));
  return name === undefined ? withInnerReferences(value) : { $ref: `#/components/schemas/${name}` };
}

function withInnerReferences(value: Json): Json {
  if (Array.isArray(value)) return value.map(withReferences);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withReferences(inner)]));
}
