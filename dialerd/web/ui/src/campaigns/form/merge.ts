// Two people have changed one campaign: where they differ, and the one that comes of their choice. Pure.
// Not here: how it is asked (conflict.tsx).
import type { Key } from "../../api/documents";
import { changed, type Draft } from "./draft";

export type Side = "mine" | "theirs";

export interface Difference {
  key: Key;
  mine: unknown;
  theirs: unknown;
  /** Who has changed it: what only one side has touched is that side's, unless somebody says otherwise. */
  proposed: Side;
}

/** As text that is the same for what is the same, whatever the order of a table's keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const keys = Object.entries(value).filter(([, each]) => each !== undefined && each !== null).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${keys.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join()}}`;
}

/** Where `mine` and `theirs` differ; `first`: what both began with. */
export function differences(first: Draft, mine: Draft, theirs: Draft): Difference[] {
  const keys = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])] as Key[];
  return keys
    .filter((key) => canonical(mine[key]) !== canonical(theirs[key]))
    .map((key) => ({ key, mine: mine[key], theirs: theirs[key], proposed: canonical(mine[key]) === canonical(first[key]) ? "theirs" : "mine" }));
}

/** `theirs` with what is chosen of mine in it. */
export const chosen = (theirs: Draft, all: readonly Difference[], sides: Partial<Record<Key, Side>>): Draft =>
  changed(theirs, Object.fromEntries(all.filter((each) => (sides[each.key] ?? each.proposed) === "mine").map((each) => [each.key, each.mine])));
