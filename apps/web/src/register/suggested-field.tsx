import { type ComponentProps, useId, useRef } from 'react';
import { nearMatch } from './near-match.ts';
import { TextField } from './text-field.tsx';

interface Props extends Omit<ComponentProps<typeof TextField>, 'control'> {
  suggestions: readonly string[];
  /** Whether to ask about a new value that is near to an earlier one. */
  isSpellingAsked?: boolean;
}

/** Renders a text field that suggests earlier values, and can ask whether one of them was meant. */
export function SuggestedField({ suggestions, isSpellingAsked = false, ...field }: Props) {
  const listId = useId();
  const box = useRef<HTMLDivElement>(null);
  const meant = isSpellingAsked ? nearMatch(field.value, suggestions) : undefined;
  const use = (value: string) => {
    field.onValueChange(value);
    // The button that was pressed goes away.
    box.current?.querySelector('input')?.focus();
  };
  return (
    <div ref={box} className="field">
      <TextField {...field} control={<input list={listId} />} />
      <datalist id={listId}>
        {suggestions.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
      <div role="status">
        {meant !== undefined && (
          <p className="row did-you-mean">
            <span className="verbatim">Did you mean {meant}? Another spelling is another activity.</span>
            <button type="button" className="button" onClick={() => use(meant)}>
              Use {meant}
            </button>
          </p>
        )}
      </div>
    </div>
  );
}
