import type { RegistrationSummary } from '@bulk/contract';
import { formatRegistrationId } from './ids.ts';

/** The columns of a summary. */
export const SUMMARY = {
  id: true,
  coordinatorId: true,
  activityType: true,
  activityDate: true,
  mentorCount: true,
  status: true,
  successCount: true,
  failureCount: true,
  createdAt: true,
  label: true,
  externalReference: true,
} as const;

interface SummaryRow {
  id: bigint;
  coordinatorId: string;
  activityType: string;
  activityDate: Date;
  mentorCount: number;
  status: RegistrationSummary['status'];
  successCount: number;
  failureCount: number;
  createdAt: Date;
  label: string | null;
  externalReference: string | null;
}

/** Makes a summary, as the list has it. */
export function toSummary(row: SummaryRow): RegistrationSummary {
  return {
    id: formatRegistrationId(row.id),
    coordinator_id: row.coordinatorId,
    activity_type: row.activityType,
    activity_date: row.activityDate.toISOString().slice(0, 10),
    mentor_count: row.mentorCount,
    status: row.status,
    success_count: row.successCount,
    failure_count: row.failureCount,
    created_at: row.createdAt.toISOString(),
    ...(row.label !== null && { label: row.label }),
    ...(row.externalReference !== null && { external_reference: row.externalReference }),
  };
}
