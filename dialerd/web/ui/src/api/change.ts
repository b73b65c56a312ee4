// Changes to a document that is there: only what somebody has changed is sent, and only over what they have seen.
// Not here: how a request is made (client.ts).
import { getVersioned, Problem, send, type Options, type Versioned } from "./client";
import type { Address, Body, RouteOf } from "./routes";

/** Of `now` what is another than in `first`. */
export function changed<T extends object>(first: T, now: T): Partial<T> {
  return Object.fromEntries(Object.entries(now).filter(([key, value]) => !isSame(value, first[key as keyof T]))) as Partial<T>;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

// The compiler cannot work out what an address that is not known yet takes: it is typed where it is used.
const write = send as (method: "patch", path: string, options: Options) => Promise<unknown>;
const look = getVersioned as (path: string) => Promise<Versioned<unknown>>;

/**
 * Sends `changes` to what was `first` when it was looked at. Where somebody else has changed one of the same fields since,
 * it is refused as the API refuses it (412); what else is another by now is no matter.
 */
export async function change<R extends RouteOf<"patch">>(path: Address<R>, first: Versioned<unknown>, changes: Body<R, "patch">): Promise<void> {
  try {
    await write("patch", path, { body: changes, ifMatch: first.etag });
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 412) throw error;
    const now = await look(path);
    const seen = (of: Versioned<unknown>, key: string): unknown => (of.value as Record<string, unknown>)[key];
    if (Object.keys(changes as object).some((key) => !isSame(seen(now, key), seen(first, key)))) throw error;
    await write("patch", path, { body: changes, ifMatch: now.etag });
  }
}
