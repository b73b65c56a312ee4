// Addresses of pages: the path is what is seen; back, forward and links to a page work.
// Not here: which page belongs to which path (app.tsx).
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { hasUnsaved, leaving } from "./leaving";

const watchers = new Set<() => void>();
const tell = () => watchers.forEach((each) => each());

interface Shown {
  path: string;
  query: string;
}

let shown: Shown = { path: "", query: "" }; // by whoever last asked
let isHeld = false; // the browser has gone elsewhere and is on its way back: what is shown stays
let isAgreed = false; // to what the browser does next
const nth = (): number => (history.state as { nth?: number } | null)?.nth ?? 0;
let at = typeof history === "undefined" ? 0 : nth(); // how many pages this tab has gone on

/** Back or forward: where something is not saved yet, we go back to it and ask. */
function hasMoved(): void {
  if (isHeld) {
    isHeld = false;
    return tell();
  }
  const by = nth() - at;
  if (by && hasUnsaved() && !isAgreed) {
    isHeld = true;
    history.go(-by);
    return void leaving(() => ((isAgreed = true), history.go(by)));
  }
  isAgreed = false;
  at = nth();
  tell();
}
if (typeof window !== "undefined") window.addEventListener("popstate", hasMoved);

/** To another page of ours; what is not saved yet is asked about first, but by whoever has just saved it (`isSaved`). */
export function go(path: string, { replace = false, isSaved = false } = {}): void {
  if (path === location.pathname + location.search) return;
  if (!isSaved && path.split("?")[0] !== location.pathname && hasUnsaved()) return void leaving(() => go(path, { replace, isSaved: true }));
  if (!replace) at++;
  history[replace ? "replaceState" : "pushState"]({ nth: at }, "", path);
  if (!replace) window.scrollTo(0, 0);
  tell();
}

/** A page's own address, ``here`/campaigns/${name}` ``, with each part safe in it. */
export function here(strings: TemplateStringsArray, ...parts: (string | number)[]): string {
  return strings.reduce((path, text, index) => path + encodeURIComponent(String(parts[index - 1])) + text);
}

export function useAddress(): { path: string; query: URLSearchParams } {
  const [, redraw] = useState(0);
  useEffect(() => {
    const watcher = () => redraw((n) => n + 1);
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }, []);
  if (!isHeld) shown = { path: location.pathname, query: location.search };
  return { path: shown.path, query: new URLSearchParams(shown.query) };
}

/** The parts of `path` that `pattern` names (`/campaigns/:name`), or null. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.replace(/(.)\/$/, "$1").split("/");
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) {
      if (!value) return null;
      try {
        found[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return null;
      }
    } else if (part !== value) return null;
  }
  return found;
}

/** A page beside this one, whose fields are kept meanwhile. */
export function Beside({ to, children }: { to: string; children: ComponentChildren }) {
  return <a href={to} target="_blank" rel="noopener">{children}</a>;
}

export function Link(props: { to: string; class?: string; children: ComponentChildren; current?: boolean; "aria-label"?: string }) {
  const { to, current, ...rest } = props;
  return (
    <a
      {...rest}
      href={to}
      aria-current={current ? "page" : undefined}
      onClick={(event) => {
        if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        go(to);
      }}
    />
  );
}
