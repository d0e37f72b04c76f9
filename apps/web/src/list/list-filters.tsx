import { Field } from '@base-ui/react/field';
import type { FieldError } from '@bulk/contract';
import { type KeyboardEvent, type ReactElement, useId } from 'react';
import { useSearchParams } from 'wouter';
import { type Filter, isFiltered, SORT_LABELS, STATUS_LABELS, withFilter } from './list-query.ts';

/** Renders the filters. A change goes into the address at once; a text does when its field loses the focus, or on Enter. */
export function ListFilters({ fieldErrors }: { fieldErrors: readonly FieldError[] }) {
  const [params, setParams] = useSearchParams();
  const failuresId = useId();
  const valueIn = (name: Filter) => params.get(name) ?? '';
  const change = (name: Filter, value: string) => {
    if (value !== valueIn(name)) setParams(withFilter(params, name, value));
  };
  const text = (name: Filter, type: 'text' | 'date') => (
    <input
      // The address can change by the "back" button: the field then shows the new value.
      key={valueIn(name)}
      className="input"
      type={type}
      defaultValue={valueIn(name)}
      onBlur={(event) => change(name, event.target.value.trim())}
      onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
        if (event.key === 'Enter') change(name, event.currentTarget.value.trim());
      }}
    />
  );
  const choice = (name: Filter, unset: string, labels: Record<string, string>) => (
    <select className="input" value={valueIn(name)} onChange={(event) => change(name, event.target.value)}>
      <option value="">{unset}</option>
      {Object.entries(labels).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );

  return (
    <search className="card list-filters">
      <FilterField label="Status" name="status" fieldErrors={fieldErrors}>
        {choice('status', 'All', STATUS_LABELS)}
      </FilterField>
      <FilterField label="Coordinator" name="coordinator_id" fieldErrors={fieldErrors}>
        {text('coordinator_id', 'text')}
      </FilterField>
      <FilterField label="Activity type" name="activity_type" fieldErrors={fieldErrors}>
        {text('activity_type', 'text')}
      </FilterField>
      <FilterField label="Activity date from" name="from" fieldErrors={fieldErrors}>
        {text('from', 'date')}
      </FilterField>
      <FilterField label="Activity date to" name="to" fieldErrors={fieldErrors}>
        {text('to', 'date')}
      </FilterField>
      <FilterField label="External reference" name="external_reference" fieldErrors={fieldErrors}>
        {text('external_reference', 'text')}
      </FilterField>
      <FilterField label="Order" name="sort" fieldErrors={fieldErrors}>
        {choice('sort', 'Newest first', SORT_LABELS)}
      </FilterField>
      <div className="list-filters-end">
        <label className="check" htmlFor={failuresId}>
          <input
            id={failuresId}
            type="checkbox"
            checked={valueIn('has_failures') === 'true'}
            onChange={(event) => change('has_failures', event.target.checked ? 'true' : '')}
          />
          With failures
        </label>
        {isFiltered(params) && (
          <button
            type="button"
            className="button button-quiet"
            onClick={() => setParams(new URLSearchParams())}
          >
            Clear filters
          </button>
        )}
      </div>
    </search>
  );
}

interface FilterFieldProps {
  label: string;
  name: Filter;
  fieldErrors: readonly FieldError[];
  children: ReactElement;
}

function FilterField({ label, name, fieldErrors, children }: FilterFieldProps) {
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
