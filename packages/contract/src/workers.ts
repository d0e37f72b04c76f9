import { type Static, Type } from 'typebox';
import { Timestamp } from './fields.ts';

export const Worker = Type.Object({
  id: Type.String({ format: 'uuid' }),
  host_name: Type.String({ examples: ['worker-1'] }),
  pid: Type.Integer({ minimum: 1 }),
  version: Type.String({ examples: ['0.1.0'] }),
  started_at: Timestamp,
  seen_at: Timestamp,
  is_alive: Type.Boolean({ description: 'Seen within the last 20 seconds.' }),
});
export type Worker = Static<typeof Worker>;

export const ListWorkersResponse = Type.Object({
  data: Type.Array(Worker, { description: 'Of the last day, those seen last first.' }),
});
export type ListWorkersResponse = Static<typeof ListWorkersResponse>;
