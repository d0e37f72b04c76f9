import { type ComponentProps, useId } from 'react';
import { nearMatch } from './near-match.ts';
import { TextField } from './text-field.tsx';

interface Props extends Omit<ComponentProps<typeof TextField>, 'control'> {
  suggestions: readonly string[];
}

/** Renders a text field that suggests earlier values, and asks when a new value is near to one of them. */
export function SuggestedField({ suggestions, ...field }: Props) {
  const listId = useId();
  const meant = nearMatch(field.value, suggestions);
  return (
    <div className="field">
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
            <button type="button" className="button" onClick={() => field.onValueChange(meant)}>
              Use {meant}
            </button>
          </p>
        )}
      </div>
    </div>
  );
}
