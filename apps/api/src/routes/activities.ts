import {
  ACTIVITIES_PATH,
  ActivityDetails,
  ActivityId,
  ListMentorActivitiesQuery,
  ListMentorActivitiesResponse,
  MENTORS_PATH,
  MentorId,
} from '@bulk/contract';
import { AppError, type Deps, getActivity, listMentorActivities, parseActivityId } from '@bulk/core';
import { Type } from 'typebox';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, NoQuery } from './shared.ts';

const ACTIVITIES_TAG = 'Activities';

const activitySchema = {
  tags: [ACTIVITIES_TAG],
  operationId: 'getActivity',
  summary: 'Get an activity',
  description: 'The activity, its mentor, and the bulk registration that wrote it.',
  params: Type.Object({ activity: ActivityId }),
  querystring: NoQuery,
  response: {
    200: documented(ActivityDetails, { description: 'The activity.' }),
    ...problems('validation', 'activity_not_found', 'internal', 'unavailable'),
  },
};

const mentorSchema = {
  tags: [ACTIVITIES_TAG],
  operationId: 'listMentorActivities',
  summary: 'List the activities of a mentor',
  description:
    'The latest day first. A mentor whom nobody has registered has no activities. Percent-encode the id in the address.',
  params: Type.Object({ mentor: MentorId }),
  querystring: ListMentorActivitiesQuery,
  response: {
    200: documented(ListMentorActivitiesResponse, { description: 'One page.' }),
    ...problems('validation', 'internal', 'unavailable'),
  },
};

export function activityRoutes(app: App, deps: Deps): void {
  app.get(
    `${ACTIVITIES_PATH}/:activity`,
    { schema: activitySchema, config: { access: 'viewer' } },
    ({ params, caller }) => {
      const id = parseActivityId(params.activity);
      if (id === null) throw new AppError('activity_not_found', 'No activity has this id.');
      return getActivity({ ...deps, caller }, id);
    },
  );
  app.get(
    `${MENTORS_PATH}/:mentor/activities`,
    { schema: mentorSchema, config: { access: 'viewer' } },
    ({ params, query, caller }) => listMentorActivities({ ...deps, caller }, params.mentor, query),
  );
}
