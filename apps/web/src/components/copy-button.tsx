import { say } from './toasts.tsx';

interface Props {
  label: string;
  text: string;
  /** What to say afterwards. */
  said: string;
  /** Read instead of the label, where the label alone is not clear. */
  ariaLabel?: string;
}

/** Renders a button that puts a text into the clipboard, and says so. */
export function CopyButton({ label, text, said, ariaLabel }: Props) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(said);
    } catch {
      // A page without HTTPS has no clipboard, and the user may refuse it.
      say('The browser did not allow copying. Select the text and copy it yourself.', 'warn');
    }
  };
  return (
    <button type="button" className="button" aria-label={ariaLabel} onClick={() => void copy()}>
      {label}
    </button>
  );
}
