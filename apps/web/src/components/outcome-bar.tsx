import './outcome-bar.css';

interface Props {
  registration: { mentor_count: number; success_count: number; failure_count: number };
}

/** Draws the shares of registered and failed mentors as a bar. The numbers are beside it. */
export function OutcomeBar({ registration: { mentor_count, success_count, failure_count } }: Props) {
  // So that one of 100,000 is visible too.
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
