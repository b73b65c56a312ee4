// What is typed and not saved yet is not left by accident: whoever goes elsewhere is asked first, whichever way.
// Not here: what is saved where (the forms), signing in again over a form (app.tsx).
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { ask } from "./parts/dialog";
import { t } from "./texts";

const unsaved = new Set<object>();

/** While `isUnsaved`, going to another page, back or forward, and closing the tab ask first. */
export function useUnsaved(isUnsaved: boolean): void {
  const mine = useRef({});
  useLayoutEffect(() => {
    if (isUnsaved) unsaved.add(mine.current);
    else unsaved.delete(mine.current);
    return () => void unsaved.delete(mine.current);
  }, [isUnsaved]);
  useEffect(() => {
    if (!isUnsaved) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isUnsaved]);
}

export const hasUnsaved = (): boolean => unsaved.size > 0;

/** Does `leave` at once, or where something is not saved yet when somebody says so. */
export function leaving(leave: () => unknown): unknown {
  if (!hasUnsaved()) return leave();
  const { title, text, yes } = t.leaving;
  return ask({ title, text, yes, isDanger: true, act: async () => void (await leave()) });
}
