// Requests as the API wants them, and its errors as sentences.
import { afterEach, expect, test, vi } from "vitest";

import { at, onSignedOut, pathOf, post, Problem, send } from "../src/api/client";

afterEach(() => vi.unstubAllGlobals());

const answering = (status: number, body: unknown) => {
  const fetched = vi.fn(async (_path: string, _init: RequestInit) => new Response(body === null ? null : JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", fetched);
  return fetched;
};

test("a name cannot lead out of its place in an address", () => {
  expect(at`/campaigns/${"../users"}/run`).toBe("/campaigns/..%2Fusers/run");
  expect(pathOf("/dnc-check", { number: "+1 2", empty: "", none: null, state: ["a", "b"] })).toBe("/api/dnc-check?number=%2B1+2&state=a&state=b");
});

test("what changes something says that it comes from these pages", async () => {
  const fetched = answering(200, {});
  await post("/campaigns/a/run");
  expect(fetched.mock.calls[0]?.[1].headers).toMatchObject({ "X-Dialerd-Request": "1", "Content-Type": "application/json" });
});

test("a refusal is the API's sentence with its remedy", async () => {
  answering(409, { code: "illegal_action", message: "campaign a is draft", hint: "possible: edit", detail: "both" });
  const problem = await send("POST", "/campaigns/a/run").catch((error) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ status: 409, code: "illegal_action", message: "campaign a is draft", hint: "possible: edit" });
});

test("an answer that the session is over is told once for all; a wrong password is not that", async () => {
  const over = vi.fn();
  const stop = onSignedOut(over);
  answering(401, { code: "unauthenticated", message: "sign in" });
  await send("POST", "/session", { body: {} }).catch(() => null);
  expect(over).not.toHaveBeenCalled();
  await send("DELETE", "/lists/a").catch(() => null);
  expect(over).toHaveBeenCalledOnce();
  stop();
});

test("a server that is not there is said so", async () => {
  vi.stubGlobal("fetch", vi.fn(async () => { throw new TypeError("fetch failed"); }));
  await expect(send("GET", "/campaigns")).rejects.toMatchObject({ code: "unreachable" });
});
