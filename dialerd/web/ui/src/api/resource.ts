// A document of the API kept fresh for a page: loading, problem, value, and a look again when something has changed.
// Not here: what the live socket sends (live/).
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { get, Problem, type Page, type Query } from "./client";

export interface Resource<T> {
  value: T | null;
  problem: Problem | null;
  isLoading: boolean;
  reload: () => void;
}

export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(0, "page", error instanceof Error ? error.message : String(error));

/** What `load` gives, again whenever `key` changes, and each `everyS` seconds while the page is seen. */
export function useLoaded<T>(key: string | null, load: () => Promise<T>, everyS = 0): Resource<T> {
  const [state, setState] = useState<{ key: string | null; value: T | null; problem: Problem | null }>({
    key: null, value: null, problem: null,
  });
  const turn = useRef(0);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => {
    if (key === null) return;
    const mine = ++turn.current;
    latest.current().then(
      (value) => mine === turn.current && setState({ key, value, problem: null }),
      (error) =>
        mine === turn.current &&
        setState((before) => ({ key, value: before.key === key ? before.value : null, problem: asProblem(error) })),
    );
  }, [key]);
  useEffect(() => {
    reload();
    if (!everyS || key === null) return () => void turn.current++;
    const timer = setInterval(() => document.visibilityState === "visible" && reload(), everyS * 1000);
    return () => {
      clearInterval(timer);
      turn.current++;
    };
  }, [reload, everyS, key]);
  const isOld = state.key !== key;
  return {
    value: isOld ? null : state.value,
    problem: isOld ? null : state.problem,
    isLoading: key !== null && (isOld || (!state.value && !state.problem)),
    reload,
  };
}

/** The document at `path`; null: nothing is asked for. */
export function useDocument<T>(path: string | null, query?: Query, everyS = 0): Resource<T> {
  const key = path === null ? null : `${path} ${JSON.stringify(query ?? {})}`;
  return useLoaded<T>(key, () => get<T>(path ?? "", query), everyS);
}

export interface Listing<T> extends Resource<T[]> {
  more: (() => void) | null;
}

/** The items of a list, and what brings the next page of them where there is one. */
export function useList<T>(path: string | null, query?: Query, everyS = 0): Listing<T> {
  const key = path === null ? null : `${path} ${JSON.stringify(query ?? {})}`;
  const [limit, setLimit] = useState({ key, pages: 1 });
  const pages = limit.key === key ? limit.pages : 1;
  const loaded = useLoaded<Page<T>>(
    key === null ? null : `${key} ${pages}`,
    async () => {
      const items: T[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < pages; page++) {
        const told = await get<Page<T> | T[]>(path ?? "", { ...query, cursor });
        const got: Page<T> = Array.isArray(told) ? { items: told, next: null } : told;
        items.push(...got.items);
        cursor = got.next;
        if (cursor === null) break;
      }
      return { items, next: cursor };
    },
    everyS,
  );
  const kept = useRef<{ key: string | null; items: T[] }>({ key: null, items: [] });
  if (loaded.value) kept.current = { key, items: loaded.value.items };
  const before = kept.current.key === key && key !== null ? kept.current.items : null;
  const value = loaded.value?.items ?? before;
  return {
    ...loaded,
    value,
    isLoading: loaded.isLoading && value === null,
    more: loaded.value?.next ? () => setLimit({ key, pages: pages + 1 }) : null,
  };
}
