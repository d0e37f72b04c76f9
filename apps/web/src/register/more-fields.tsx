import { type ComponentProps, useState } from 'react';
import type { FieldErrors, FormValues } from './form-values.ts';
import { TextField } from './text-field.tsx';

type FieldProps = Pick<ComponentProps<typeof TextField>, 'name' | 'value' | 'onValueChange'>;

interface Props {
  field: (name: keyof FormValues) => FieldProps;
  hasErrors: boolean;
}

/** Renders the fields that few people need, open if one of them is filled in at the start or has an error. */
export function MoreFields({ field, hasErrors }: Props) {
  const label = field('label');
  const reference = field('external_reference');
  const [isOpened, setOpened] = useState(label.value !== '' || reference.value !== '');
  const isOpen = isOpened || hasErrors;
  return (
    // No <details>: beside one Chromium takes more than half a minute to select 100,000 lines in a text box.
    <div className="more">
      <button type="button" aria-expanded={isOpen} onClick={() => setOpened(!isOpen)}>
        <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> More
      </button>
      {isOpen && (
        <div className="register-grid">
          <TextField
            label="Label"
            isOptional
            {...label}
            hint="A name that helps you to find this registration again."
          />
          <TextField
            label="External reference"
            isOptional
            {...reference}
            hint="The ID of this registration in another system. A coordinator can use it only once."
          />
        </div>
      )}
    </div>
  );
}

export function hasErrorInMore({ label, external_reference }: FieldErrors): boolean {
  return label !== undefined || external_reference !== undefined;
}
