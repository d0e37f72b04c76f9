import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import './virtual-rows.css';

interface Props<T> {
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** The cells of one row, each with role="cell". */
  renderRow: (row: T) => ReactNode;
  header: ReactNode;
  label: string;
  /** The CSS class, whose grid defines the columns. */
  className: string;
}

const ESTIMATED_ROW_PX = 45;

/** Renders a table of any length in a box that scrolls. Only the visible rows are in the document. */
export function VirtualRows<T>({ rows, keyOf, renderRow, header, label, className }: Props<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATED_ROW_PX,
    getItemKey: (index) => keyOf(rows[index] as T),
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
    <div ref={scroller} className={`virtual-rows ${className}`} tabIndex={0} role="region" aria-label={label}>
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <div role="rowgroup" className="virtual-head">
          <div role="row" aria-rowindex={1} className="virtual-row">
            {header}
          </div>
        </div>
        <div role="rowgroup" className="virtual-body" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              role="row"
              aria-rowindex={item.index + 2}
              className="virtual-row virtual-placed"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {renderRow(rows[item.index] as T)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
