// Short messages at the corner: what was done, or why it was not. Read aloud by screen readers.
import { useEffect, useState } from "preact/hooks";

import { asProblem } from "../api/resource";
import { t } from "../texts";
import { Icon } from "./icon";
import { hintOf } from "./problem";

interface Toast {
  id: number;
  text: string;
  hint: string;
  isBad: boolean;
}

let toasts: readonly Toast[] = [];
let last = 0;
const watchers = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  watchers.forEach((each) => each());
}

function add(text: string, hint: string, isBad: boolean, forMs: number): void {
  const id = ++last;
  set([...toasts.slice(-3), { id, text, hint, isBad }]);
  setTimeout(() => set(toasts.filter((each) => each.id !== id)), forMs);
}

export const tell = (text: string): void => add(text, "", false, 5000);

export function tellProblem(error: unknown): void {
  const problem = asProblem(error);
  add(problem.message, hintOf(problem), true, 12_000);
}

export function Toasts() {
  const [, redraw] = useState(0);
  useEffect(() => {
    const watcher = () => redraw((n) => n + 1);
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }, []);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((each) => (
        <div class="toast" key={each.id}>
          <span class={each.isBad ? "bad" : undefined}>
            {each.text}
            {each.hint && <span class="muted"> {each.hint}</span>}
          </span>
          <button type="button" class="button ghost icon small" aria-label={t.close} onClick={() => set(toasts.filter((other) => other !== each))}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
