// Keys that work anywhere: two-stroke jumps (g c), / to search, c to make, j and k, ? for help. None of them while somebody types.
// Not here: the keys of the agent's console (console/).
import { useEffect, useRef } from "preact/hooks";

export type Keys = Record<string, () => void>;

const PAUSE_MS = 1200; // between the two strokes of a jump

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)) &&
  !["checkbox", "radio", "button"].includes((target as HTMLInputElement).type);

/** Runs what `keys` has for a stroke or a pair of them (`g c`), unless somebody types or a dialog is open. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    let first = "";
    let at = 0;
    const listener = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector("dialog[open]")) return;
      if (isTyping(event.target)) {
        if (event.key === "Escape") leave(event.target as HTMLElement);
        return;
      }
      const pair = event.timeStamp - at < PAUSE_MS && first ? `${first} ${event.key}` : "";
      const act = (pair && latest.current[pair]) || latest.current[event.key];
      first = event.key;
      at = event.timeStamp;
      if (!act) return;
      first = "";
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}

/** Out of a field, so that the keys are keys again. A date's field keeps the focus that one of its parts has: then to the page. */
function leave(field: HTMLElement): void {
  field.blur();
  if (document.activeElement === field) document.getElementById("content")?.focus({ preventScroll: true });
}

/** Puts the cursor into the page's search field. */
export function search(): void {
  document.querySelector<HTMLElement>("[data-search]")?.focus();
}

/** What a page lists is made by its button with a plus (parts/button.tsx). */
export function create(): void {
  document.querySelector<HTMLElement>("[data-create]:not(:disabled)")?.click();
}

/** Moves the focus among the rows of the page's tables: to what opens a row, else to the first thing that can be done there. */
export function moveRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("tbody > tr")].filter((row) => opener(row) !== null);
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  if (next) opener(next)?.focus();
}

const opener = (row: HTMLElement): HTMLElement | null => row.querySelector<HTMLElement>("[data-row-link]") ?? row.querySelector<HTMLElement>("a[href], button:not(:disabled)");
