import type { RegistrationStatus, ResultStatus } from '@bulk/contract';
import './status-badge.css';

type Status = RegistrationStatus | ResultStatus;

const LOOKS: Record<Status, { label: string; tone: 'active' | 'good' | 'bad' | 'quiet' }> = {
  processing: { label: 'Processing', tone: 'active' },
  completed: { label: 'Completed', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
  cancelled: { label: 'Cancelled', tone: 'quiet' },
  pending: { label: 'Waiting', tone: 'quiet' },
  success: { label: 'Registered', tone: 'good' },
  undone: { label: 'Undone', tone: 'quiet' },
  kept: { label: 'Kept', tone: 'bad' },
};

export function StatusBadge({ status }: { status: Status }) {
  const { label, tone } = LOOKS[status];
  return <span className={`badge badge-${tone}`}>{label}</span>;
}
