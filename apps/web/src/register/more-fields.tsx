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
  return (
    <details
      className="more"
      open={isOpened || hasErrors}
      onToggle={(event) => setOpened(event.currentTarget.open)}
    >
      <summary>More</summary>
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
    </details>
  );
}

export function hasErrorInMore({ label, external_reference }: FieldErrors): boolean {
  return label !== undefined || external_reference !== undefined;
}
