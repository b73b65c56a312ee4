// A change of what somebody else may have changed meanwhile: nothing of theirs is put back.
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { change, changed } from "../src/api/change";
import { Problem } from "../src/api/client";
import { at } from "../src/api/routes";

let now: Record<string, unknown>;
let version: number;
let patches: unknown[];
const seen = (): any => ({ value: { ...now }, etag: `"${version}"` }); // eslint-disable-line

beforeEach(() => {
  now = { user: "ben", role: "agent", agent: null, queues: null, is_disabled: false, last_signed_in_at: null };
  version = 1;
  patches = [];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    if (init.method === "PATCH") {
      if ((init.headers as Record<string, string>)["If-Match"] !== `"${version}"`) return new Response('{"code": "precondition_failed", "message": "it is another by now"}', { status: 412 });
      const given = JSON.parse(String(init.body));
      patches.push(given);
      Object.assign(now, given);
    }
    return new Response(JSON.stringify(now), { status: 200, headers: { ETag: `"${version}"` } });
  });
});
afterEach(() => void vi.unstubAllGlobals());

const path = at("/users/{name}", "ben");
const meanwhile = (theirs: object) => (Object.assign(now, theirs), version++);

test("only what is another is sent", () => {
  expect(changed({ role: "agent", queues: ["a"] as string[] | null, is_disabled: true }, { role: "supervisor", queues: ["a"], is_disabled: true })).toEqual({ role: "supervisor" });
});

test("an account that was disabled meanwhile stays so while its role is changed", async () => {
  const first = seen();
  meanwhile({ is_disabled: true, last_signed_in_at: "2026-01-01T10:00:00Z" });
  await change(path, first, { role: "supervisor" });
  expect([now.role, now.is_disabled, patches]).toEqual(["supervisor", true, [{ role: "supervisor" }]]);
});

test("a field that somebody else has changed is not overwritten", async () => {
  const first = seen();
  meanwhile({ role: "admin" });
  const error = await change(path, first, { role: "supervisor" }).catch((each) => each);
  expect([error instanceof Problem && error.status, now.role, patches]).toEqual([412, "admin", []]);
});
