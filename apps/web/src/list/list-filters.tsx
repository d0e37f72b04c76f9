import type { FieldError } from '@bulk/contract';
import { useId, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { FilterField, FilterInput } from '../components/filter-field.tsx';
import { useFocusKept } from '../components/use-focus-kept.ts';
import { FILTERS, type Filter, isFiltered, SORT_LABELS, STATUS_LABELS, withFilter } from './list-query.ts';

/** Renders the filters, which a narrow screen folds behind a button. A change goes into the address at once; a text does when its field loses the focus, or on Enter. */
export function ListFilters({ fieldErrors }: { fieldErrors: readonly FieldError[] }) {
  const [params, setParams] = useSearchParams();
  const failuresId = useId();
  const fieldsId = useId();
  const [isOpen, setIsOpen] = useState(false);
  const isShown = isOpen || fieldErrors.length > 0;
  const numberSet = FILTERS.filter((name) => params.get(name)).length;
  const valueIn = (name: Filter) => params.get(name) ?? '';
  const change = (name: Filter, value: string) => {
    if (value !== valueIn(name)) setParams(withFilter(params, name, value));
  };
  const input = (label: string, name: Filter, type: 'text' | 'date' = 'text') => (
    <FilterInput
      label={label}
      name={name}
      type={type}
      value={valueIn(name)}
      fieldErrors={fieldErrors}
      onChange={(value) => change(name, value)}
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
    <search className="card">
      <button
        type="button"
        className="button button-quiet list-filters-toggle"
        aria-expanded={isShown}
        aria-controls={fieldsId}
        onClick={() => setIsOpen(!isOpen)}
      >
        {numberSet === 0 ? 'Filters' : `Filters: ${numberSet} set`}
      </button>
      <div id={fieldsId} className={isShown ? 'list-filters' : 'list-filters list-filters-folded'}>
        <FilterField label="Status" name="status" fieldErrors={fieldErrors}>
          {choice('status', 'All', STATUS_LABELS)}
        </FilterField>
        {input('Coordinator', 'coordinator_id')}
        {input('Activity type', 'activity_type')}
        {input('Activity date from', 'from', 'date')}
        {input('Activity date to', 'to', 'date')}
        {input('Label', 'label')}
        {input('External reference', 'external_reference')}
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
          {isFiltered(params) && <ClearButton onClear={() => setParams(new URLSearchParams())} />}
        </div>
      </div>
    </search>
  );
}

/** Goes away when it is pressed. */
function ClearButton({ onClear }: { onClear: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useFocusKept(button);
  return (
    <button ref={button} type="button" className="button button-quiet" onClick={onClear}>
      Clear filters
    </button>
  );
}
