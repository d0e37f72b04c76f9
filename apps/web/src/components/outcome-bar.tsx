import './outcome-bar.css';

interface Props {
  registration: { mentor_count: number; success_count: number; failure_count: number };
}

/** The proportions at a glance; the numbers stand beside it. */
export function OutcomeBar({ registration: { mentor_count, success_count, failure_count } }: Props) {
  // One in 100,000 is seen too.
  const widthOf = (part: number) => ({
    width: `${(100 * part) / mentor_count}%`,
    minWidth: part > 0 ? 3 : 0,
  });
  return (
    <span className="outcome-bar" aria-hidden="true">
      <span className="outcome-good" style={widthOf(success_count)} />
      <span className="outcome-bad" style={widthOf(failure_count)} />
    </span>
  );
}
