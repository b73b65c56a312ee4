// What each address of the API takes and gives. It stands in schema.d.ts, which scripts/ui makes from the API's own OpenAPI
// document: a field or an address that goes fails the type check, and no page.
// Not here: how they are asked for (client.ts), the documents' short names (documents.ts).
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Method = "get" | "post" | "put" | "patch" | "delete";

/** An address as the document has it, without its `/api`: `/campaigns/{name}/status`. */
export type Route = { [P in keyof paths]: P extends `/api${infer R}` ? R : never }[keyof paths];
/** The addresses that can be asked with `M`. */
export type RouteOf<M extends Method> = { [R in Route]: [Operation<R, M>] extends [never] ? never : R }[Route];

type Operation<R extends Route, M extends Method> = NonNullable<paths[`/api${R}` & keyof paths][M]>;
type JsonOf<T> = T extends { content: { "application/json": infer J } } ? J : never;
type Good<A> = A[keyof A & (200 | 201 | 202)];
type AnswerTo<O> = O extends { responses: infer A } ? ([Good<A>] extends [never] ? null : JsonOf<Good<A>>) : never;

/** What it answers; null: nothing but that it is done. */
export type Answer<R extends Route, M extends Method = "get"> = R extends Route ? AnswerTo<Operation<R, M>> : never;
/** What it takes as JSON. */
export type Body<R extends Route, M extends Method> = R extends Route
  ? Operation<R, M> extends { requestBody: infer B } ? JsonOf<B> : Record<string, never> : never;
/** What stands after its question mark. */
export type QueryOf<R extends Route, M extends Method = "get"> = R extends Route
  ? Operation<R, M> extends { parameters: { query?: infer Q } } ? ([NonNullable<Q>] extends [never] ? Record<string, never> : NonNullable<Q>) : never : never;
/** Each of what it lists, paged or not. */
export type Item<R extends Route> = Answer<R> extends readonly (infer T)[] ? T : Answer<R> extends { items: readonly (infer T)[] } ? T : never;

/** An address with what its braces stand for in it. */
export type Address<R extends Route> = string & { readonly "as the document has it"?: R };

/** `at("/campaigns/{name}/status", name)`: each part is safe in an address. */
export function at<R extends Route>(route: R, ...parts: (string | number)[]): Address<R> {
  let index = 0;
  return route.replace(/\{[^}]*\}/g, () => encodeURIComponent(String(parts[index++])));
}
