// A document of the API kept fresh for a page: loading, problem, value, and a look again when something has changed.
// Not here: what the live socket sends (live/).
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { get, Problem } from "./client";
import type { Address, Answer, Item, QueryOf, Route } from "./routes";

export interface Resource<T> {
  value: T | null;
  problem: Problem | null;
  isLoading: boolean;
  reload: () => void;
}

/** An event of the document: what was refused while nobody was signed in is asked for again. */
export const SIGNED_IN = "dialerd-signed-in";

export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(0, "page", error instanceof Error ? error.message : String(error));

const MOST_AT_ONCE = 2; // requests of one document; a look that is asked for meanwhile follows them
const STUCK_MS = 60_000; // after which an answer is not waited for any more before the next look

/** The requests for one document: each counted, so that no answer takes the place of one to a later request. */
class Asking {
  readonly leaving = new AbortController();
  private asked = 0;
  private shown = 0;
  private underWay = 0;
  private lastAt = 0;
  private again = false;

  constructor(private readonly load: () => Promise<() => void>) {}

  /** At once, or as soon as one of those that are under way is answered. */
  now(): void {
    if (this.leaving.signal.aborted) return;
    if (this.underWay >= MOST_AT_ONCE) return void (this.again = true);
    const mine = ++this.asked;
    this.underWay++;
    this.lastAt = Date.now();
    void this.load().then((show) => {
      this.underWay--;
      if (this.leaving.signal.aborted) return;
      if (mine > this.shown) {
        this.shown = mine;
        show();
      }
      if (this.again) {
        this.again = false;
        this.now();
      }
    });
  }

  /** A timed look: none while another is under way, however slow; what never comes is not waited for. */
  look(): void {
    if (!this.underWay || Date.now() - this.lastAt > STUCK_MS) this.now();
  }
}

/** What `load` gives, again whenever `key` changes, and each `everyS` seconds while the page is seen. */
export function useLoaded<T>(key: string | null, load: (leaving: AbortSignal) => Promise<T>, everyS = 0): Resource<T> {
  const [state, setState] = useState<{ key: string | null; value: T | null; problem: Problem | null }>({
    key: null, value: null, problem: null,
  });
  const asking = useRef<Asking | null>(null);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => asking.current?.now(), []);
  useEffect(() => {
    document.addEventListener(SIGNED_IN, reload);
    return () => document.removeEventListener(SIGNED_IN, reload);
  }, [reload]);
  useEffect(() => {
    if (key === null) return;
    const mine: Asking = new Asking(() => latest.current(mine.leaving.signal).then(
      (value) => () => setState({ key, value, problem: null }),
      (error) => () => setState((before) => ({ key, value: before.key === key ? before.value : null, problem: asProblem(error) })),
    ));
    asking.current = mine;
    mine.now();
    const timer = everyS ? setInterval(() => document.visibilityState === "visible" && mine.look(), everyS * 1000) : undefined;
    return () => {
      clearInterval(timer);
      mine.leaving.abort();
      asking.current = null;
    };
  }, [everyS, key]);
  const isOld = state.key !== key;
  return {
    value: isOld ? null : state.value,
    problem: isOld ? null : state.problem,
    isLoading: key !== null && (isOld || (!state.value && !state.problem)),
    reload,
  };
}

// The compiler cannot work out what an address that is not known yet gives: what loads is untyped, and typed where it is used.
const getAny = get as (path: string, query: object | undefined, leaving: AbortSignal) => Promise<unknown>;
const keyOf = (path: string | null, query?: object): string | null => (path === null ? null : `${path} ${JSON.stringify(query ?? {})}`);

/** The document at `path`; null: nothing is asked for. */
export function useDocument<R extends Route>(path: Address<R> | null, query?: QueryOf<R>, everyS = 0): Resource<Answer<R>> {
  return useLoaded<unknown>(keyOf(path, query), (leaving) => getAny(path ?? "", query, leaving), everyS) as Resource<Answer<R>>;
}

export interface Listing<T> extends Resource<T[]> {
  more: (() => void) | null;
}

const MOST_PAGES = 50;
const AT_ONCE = 1000; // rows, the most that the API gives; a list that is not paged takes no such word, so the first request has none

interface Page {
  items: unknown[];
  next: string | null;
}

/** So many pages of a list, and where the next begins; a list that is not paged is one page. */
async function pagesOf(path: string, query: object | undefined, most: number, leaving: AbortSignal, limit?: number): Promise<Page> {
  const items: unknown[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < most; page++) {
    const told = await getAny(path, { ...query, cursor, ...(cursor === null ? {} : { limit }) }, leaving);
    const got: Page = Array.isArray(told) ? { items: told, next: null } : { next: null, ...(told as { items: unknown[] }) };
    items.push(...got.items);
    cursor = got.next;
    if (cursor === null) break;
  }
  return { items, next: cursor };
}

/** The items of a list, and what brings the next page of them where there is one; `whole`: all of them, to search in. */
export function useList<R extends Route>(path: Address<R> | null, query?: QueryOf<R>, everyS = 0, whole = false): Listing<Item<R>> {
  const key = keyOf(path, query);
  const [limit, setLimit] = useState({ key, pages: 1 });
  const pages = limit.key === key ? limit.pages : 1;
  const loaded = useLoaded<Page>(key === null ? null : `${key} ${whole ? "whole" : pages}`, (leaving) => pagesOf(path ?? "", query, whole ? MOST_PAGES : pages, leaving, whole ? AT_ONCE : undefined), everyS);
  const kept = useRef<{ key: string | null; items: unknown[] }>({ key: null, items: [] });
  if (loaded.value) kept.current = { key, items: loaded.value.items };
  const before = kept.current.key === key && key !== null ? kept.current.items : null;
  const value = loaded.value?.items ?? before;
  const listing: Listing<unknown> = {
    ...loaded,
    value,
    isLoading: loaded.isLoading && value === null,
    more: loaded.value?.next ? () => setLimit({ key, pages: pages + 1 }) : null,
  };
  return listing as Listing<Item<R>>;
}

/** Every item of a list, for choosing from; none while `path` is null. */
export function useAll<R extends Route>(path: Address<R> | null, everyS = 0): Item<R>[] {
  const loaded = useLoaded<Page>(keyOf(path), (leaving) => pagesOf(path ?? "", undefined, MOST_PAGES, leaving, AT_ONCE), everyS);
  return (loaded.value?.items ?? []) as Item<R>[];
}
