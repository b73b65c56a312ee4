// A table: heads that sort, rows that open, "more" at its end. It scrolls sideways within itself on a narrow screen.
import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import { t } from "../texts";
import { Button } from "./button";
import { Icon } from "./icon";

export interface Column<T> {
  head: string;
  cell: (row: T) => ComponentChildren;
  kind?: "num" | "fit" | "name" | "text" | "long" | "acts";
  sort?: string;
}

export interface Sort {
  by: string;
  isUp: boolean;
}

interface TableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string | number;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  more?: (() => void) | null;
}

/** Rows that change places take the focus away from what is in them: it is given back. */
function useFocusKept(): RefObject<HTMLTableElement> {
  const table = useRef<HTMLTableElement>(null);
  const focused = document.activeElement instanceof HTMLElement && table.current?.contains(document.activeElement) ? document.activeElement : null;
  useLayoutEffect(() => {
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  });
  return table;
}

export function Table<T>({ label, columns, rows, rowKey, sort, onSort, more }: TableProps<T>) {
  const table = useFocusKept();
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label={label}>
        <table ref={table}>
          <thead>
            <tr>
              {columns.map((each) => {
                const isSorted = each.sort !== undefined && sort?.by === each.sort;
                return (
                  <th key={each.head} scope="col" class={each.kind === "num" || each.kind === "acts" ? each.kind : undefined}
                    aria-sort={isSorted ? (sort?.isUp ? "ascending" : "descending") : undefined}>
                    {each.sort !== undefined && onSort ? (
                      <button type="button" onClick={() => onSort({ by: each.sort ?? "", isUp: isSorted ? !sort?.isUp : false })}>
                        {each.head}
                        {isSorted && <Icon name={sort?.isUp ? "up" : "down"} />}
                      </button>
                    ) : each.head || <span class="seen-by-readers">{t.actions}</span>}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={rowKey(row)}>
                {columns.map((each) => <td key={each.head} class={each.kind}>{each.cell(row)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more && <div class="more"><Button size="small" onClick={more}>{t.more}</Button></div>}
    </>
  );
}
