import { Field } from '@base-ui/react/field';
import type { ComponentProps, ReactElement } from 'react';
import type { FieldErrors } from './form-values.ts';

interface Props {
  label: string;
  name: keyof FieldErrors;
  value: string;
  onValueChange: (value: string) => void;
  hint?: string;
  isOptional?: boolean;
  /** The element to type into; an input of one line unless said otherwise. */
  control?: ReactElement<ComponentProps<'input'> | ComponentProps<'textarea'>>;
}

/** A labelled field, with what the form around it knows to be wrong. */
export function TextField({ label, name, value, onValueChange, hint, isOptional, control }: Props) {
  return (
    <Field.Root className="field" name={name}>
      <Field.Label className="field-label">
        {label}
        {isOptional && <span className="muted"> (optional)</span>}
      </Field.Label>
      <Field.Control
        className="input"
        value={value}
        onValueChange={onValueChange}
        aria-required={!isOptional}
        autoComplete="off"
        {...(control && { render: control })}
      />
      {hint && <Field.Description className="field-hint">{hint}</Field.Description>}
      <Field.Error className="field-error" />
    </Field.Root>
  );
}
