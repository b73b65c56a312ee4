// Requests as the API wants them, and its errors as sentences.
import { afterEach, expect, test, vi } from "vitest";

import { get, onSignedOut, pathOf, post, Problem, send } from "../src/api/client";
import { at } from "../src/api/routes";
import { here } from "../src/router";

afterEach(() => vi.unstubAllGlobals());

const answering = (status: number, body: unknown) => {
  const fetched = vi.fn(async (_path: string, _init: RequestInit) => new Response(body === null ? null : JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", fetched);
  return fetched;
};

test("a name cannot lead out of its place in an address", () => {
  expect(at("/campaigns/{name}/run", "../users")).toBe("/campaigns/..%2Fusers/run");
  expect(here`/campaigns/${"../users"}/edit`).toBe("/campaigns/..%2Fusers/edit");
  expect(pathOf(at("/callbacks"), { campaign: "+1 2", agent: "", state: ["done", "expired"] })).toBe("/api/callbacks?campaign=%2B1+2&state=done&state=expired");
});

test("what changes something says that it comes from these pages", async () => {
  const fetched = answering(200, {});
  await post(at("/campaigns/{name}/run", "a"));
  expect(fetched.mock.calls[0]?.[1].headers).toMatchObject({ "X-Dialerd-Request": "1", "Content-Type": "application/json" });
});

test("a refusal is the API's sentence with its remedy", async () => {
  answering(409, { code: "illegal_action", message: "campaign a is draft", hint: "possible: edit", detail: "both" });
  const problem = await post(at("/campaigns/{name}/run", "a")).catch((error) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ status: 409, code: "illegal_action", message: "campaign a is draft", hint: "possible: edit" });
});

test("an answer that the session is over is told once for all; a wrong password is not that", async () => {
  const over = vi.fn();
  const stop = onSignedOut(over);
  answering(401, { code: "unauthenticated", message: "sign in" });
  await post(at("/session"), { name: "ann", password: "wrong" }).catch(() => null);
  expect(over).not.toHaveBeenCalled();
  await send("delete", at("/lists/{name}", "a")).catch(() => null);
  expect(over).toHaveBeenCalledOnce();
  stop();
});

test("a server that is not there is said so", async () => {
  vi.stubGlobal("fetch", vi.fn(async () => { throw new TypeError("fetch failed"); }));
  await expect(get(at("/campaigns"))).rejects.toMatchObject({ code: "unreachable" });
});
