import { useState } from 'react';

interface Props {
  label: string;
  ids: readonly string[];
}

/** Renders a button that puts mentor IDs into the clipboard, one a line. */
export function CopyIdsButton({ label, ids }: Props) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(ids.join('\n'));
      setSaid('Copied.');
    } catch {
      // A page without HTTPS has no clipboard, and the user may refuse it.
      setSaid('The browser did not allow this. Download the CSV of failed mentors.');
    }
  };
  return (
    <>
      <button type="button" className="button" onClick={() => void copy()}>
        {label}
      </button>
      <span role="status" className="muted">
        {said}
      </span>
    </>
  );
}
