// Talks to dialerd's REST API: one function per kind of request, errors as the API's own sentences.
// Not here: what each address takes and gives (routes.ts), what happens live (live/socket.ts).
import { t } from "../texts";
import type { Address, Answer, Body, Method, QueryOf, Route } from "./routes";

/** What the API refuses or cannot do: its sentence, its remedy, and which fields of a form it means. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint = "",
    readonly errors: readonly { at: string; message: string }[] = [],
  ) {
    super(message);
  }
}

export interface Options<B = unknown> {
  query?: object | undefined;
  body?: B | undefined;
  /** The body as it is, with its type, in place of JSON. */
  raw?: { type: string; data: string | Blob } | undefined;
  accept?: string | undefined;
  ifMatch?: string | null | undefined;
  createOnly?: boolean | undefined;
  /** The same key twice does the thing once: for what makes something. */
  once?: string | undefined;
  /** Whoever asked has left: the answer is not waited for. */
  leaving?: AbortSignal | undefined;
}

/** An answer with the version that an edit has to name (`If-Match`). */
export interface Versioned<T> {
  value: T;
  etag: string | null;
}

type Watcher = () => void;
const signedOut = new Set<Watcher>();

/** Calls `watcher` when an answer says that the session is over. Returns what ends that. */
export function onSignedOut(watcher: Watcher): () => void {
  signedOut.add(watcher);
  return () => signedOut.delete(watcher);
}

/** Where a browser finds it, with what stands after the question mark; what is empty is left out. */
export function pathOf<R extends Route>(path: Address<R>, query?: QueryOf<R>): string {
  return addressOf(path, query);
}

function addressOf(path: string, query: object = {}): string {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === "") continue;
    for (const each of Array.isArray(value) ? value : [value]) given.append(key, String(each));
  }
  const text = given.toString();
  return `/api${path}${text && `?${text}`}`;
}

async function request(method: string, path: string, options: Options): Promise<Response> {
  const headers: Record<string, string> = { Accept: options.accept ?? "application/json" };
  let body: string | Blob | undefined;
  if (options.raw) {
    headers["Content-Type"] = options.raw.type;
    body = options.raw.data;
  } else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.body);
  }
  if (method !== "GET") headers["X-Dialerd-Request"] = "1"; // what a foreign page cannot send
  if (options.ifMatch) headers["If-Match"] = options.ifMatch;
  if (options.createOnly) headers["If-None-Match"] = "*";
  if (options.once) headers["Idempotency-Key"] = options.once;
  let answer: Response;
  try {
    answer = await fetch(addressOf(path, options.query), { method, headers, body: body ?? null, credentials: "same-origin", signal: options.leaving ?? null });
  } catch {
    throw new Problem(0, "unreachable", t.problems.unreachable, t.problems.unreachableHint);
  }
  if (!answer.ok) {
    const problem = await problemOf(answer);
    if (answer.status === 401 && path !== "/session") signedOut.forEach((each) => each());
    throw problem;
  }
  return answer;
}

async function problemOf(answer: Response): Promise<Problem> {
  try {
    const told = await answer.json();
    return new Problem(
      answer.status,
      String(told.code ?? ""),
      String(told.message ?? told.detail ?? told.title),
      String(told.hint ?? ""),
      Array.isArray(told.errors) ? told.errors : [],
    );
  } catch {
    return new Problem(answer.status, "", t.problems.status(answer.status, answer.statusText));
  }
}

export async function get<R extends Route>(path: Address<R>, query?: QueryOf<R>, leaving?: AbortSignal): Promise<Answer<R>> {
  return (await request("GET", path, { query, leaving })).json();
}

export async function getVersioned<R extends Route>(path: Address<R>): Promise<Versioned<Answer<R>>> {
  const answer = await request("GET", path, {});
  return { value: await answer.json(), etag: answer.headers.get("ETag") };
}

export async function getText<R extends Route>(path: Address<R>, accept: string): Promise<string> {
  return (await request("GET", path, { accept })).text();
}

/** Does something; the answer's document, or null where there is none. */
export async function send<R extends Route, M extends Method>(method: M, path: Address<R>, options: Options<Body<R, M>> = {}): Promise<Answer<R, M>> {
  const answer = await request(method.toUpperCase(), path, options);
  return (answer.status === 204 ? null : await answer.json()) as Answer<R, M>;
}

/** As `send`; without a body it takes none, which is an empty table. */
export async function post<R extends Route>(path: Address<R>, body?: Body<R, "post">, { once }: { once?: string } = {}): Promise<Answer<R, "post">> {
  const answer = await request("POST", path, { body: body ?? {}, once });
  return (answer.status === 204 ? null : await answer.json()) as Answer<R, "post">;
}

/** A key for one thing to be made: the same button pressed twice makes it once. */
export const onceKey = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");

/** Sends a file with its progress, which fetch cannot tell. */
export function upload<R extends Route>(path: Address<R>, query: QueryOf<R, "post">, file: Blob, onProgress: (share: number) => void): Promise<Answer<R, "post">> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", addressOf(path, query));
    call.setRequestHeader("Content-Type", "text/csv");
    call.setRequestHeader("Accept", "application/json");
    call.setRequestHeader("X-Dialerd-Request", "1");
    call.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    call.onerror = () => reject(new Problem(0, "unreachable", t.problems.brokeOff, t.problems.brokeOffHint));
    call.onload = async () => {
      const answer = new Response(call.responseText || "{}", { status: call.status === 204 ? 200 : call.status, statusText: call.statusText });
      if (call.status < 300) resolve(await answer.json());
      else reject(await problemOf(answer));
    };
    call.send(file);
  });
}
