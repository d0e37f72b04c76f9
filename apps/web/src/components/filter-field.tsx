import { Field } from '@base-ui/react/field';
import type { FieldError } from '@bulk/contract';
import { type KeyboardEvent, type ReactElement, useEffect, useRef } from 'react';

interface FilterFieldProps {
  label: string;
  /** The query parameter that the API calls it. */
  name: string;
  fieldErrors: readonly FieldError[];
  children: ReactElement;
}

/** Renders a filter with its label, and what the API says is wrong with it. */
export function FilterField({ label, name, fieldErrors, children }: FilterFieldProps) {
  const fieldError = fieldErrors.find(({ parameter }) => parameter === name);
  return (
    <Field.Root className="field" invalid={fieldError !== undefined}>
      <Field.Label className="field-label">{label}</Field.Label>
      <Field.Control render={children} />
      <Field.Error className="field-error" match={fieldError !== undefined}>
        {fieldError?.detail}
      </Field.Error>
    </Field.Root>
  );
}

interface FilterInputProps extends Omit<FilterFieldProps, 'children'> {
  type?: 'text' | 'date';
  /** Of the address. */
  value: string;
  onChange: (value: string) => void;
}

/** Renders a filter of a text or a day. It changes when its field loses the focus, or on Enter. */
export function FilterInput({ type = 'text', value, onChange, ...field }: FilterInputProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // The address also changes by the "back" button and by "Clear filters".
    if (input.current !== null) input.current.value = value;
  }, [value]);
  const change = (text: string) => {
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <FilterField {...field}>
      <input
        ref={input}
        className="input"
        type={type}
        defaultValue={value}
        onBlur={(event) => change(event.target.value)}
        onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
          if (event.key === 'Enter') change(event.currentTarget.value);
        }}
      />
    </FilterField>
  );
}
