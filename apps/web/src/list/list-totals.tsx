import type { TotalsResponse } from '@bulk/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { client } from '../api.ts';
import { count } from '../format.ts';

const REREAD_MS = 15_000;

/** Shows what is going on over all registrations that the user may see; nothing until it is known. */
export function ListTotals() {
  const totals = useQuery({
    queryKey: ['list', 'totals'],
    queryFn: ({ signal }) => client.totals({ signal, tries: 1 }),
    refetchInterval: REREAD_MS,
  });
  if (totals.data === undefined) return null;
  const { processing, failed_last_day, mentors_last_week } = totals.data;
  return (
    <dl className="list-totals">
      <Total label="Processing now" total={processing} href="/?status=processing" />
      <Total label="Failed in the last 24 hours" total={failed_last_day} href="/?status=failed" />
      <Total label="Mentors registered in the last 7 days" total={mentors_last_week} />
    </dl>
  );
}

interface Props {
  label: string;
  total: TotalsResponse['processing'];
  /** The registrations that are counted, where the list can show them. */
  href?: string;
}

function Total({ label, total, href }: Props) {
  const text = `${count(total.count)}${total.is_exact ? '' : '+'}`;
  return (
    <div className="card">
      <dt>{label}</dt>
      <dd className="numeric">{href === undefined ? text : <Link href={href}>{text}</Link>}</dd>
    </div>
  );
}
