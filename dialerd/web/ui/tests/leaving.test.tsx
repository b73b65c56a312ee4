// What is typed into a form is not left or lost by accident: by a link, by somebody else's change, by the end of a session.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { App } from "../src/app";
import type { Session } from "../src/api/documents";
import { go } from "../src/router";
import { signOut } from "../src/session";

const root: Session = { user: "root", role: "admin", agent: null, queues: null, rights: [], expires_at: "", phone_url: null, ice_servers: [] };
const saved = { name: "spring", mode: "agentless", priority: 5, lists: ["people"], max_calls: 5, description: "" };
type Answer = { status?: number; body: unknown; etag?: string };

let answers: Record<string, Answer>;
let puts: { headers: Record<string, string>; body: Record<string, unknown> }[];
let page: HTMLElement;

beforeEach(async () => {
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) { this.open = true; };
  document.body.innerHTML = '<div id="app"></div>';
  page = document.getElementById("app")!;
  puts = [];
  answers = { "GET /api/session": { body: root }, "DELETE /api/session": { body: {} }, "POST /api/session": { body: root }, "GET /api/campaigns/spring": { body: saved, etag: '"1"' }, "GET /api/campaigns/spring/status": { status: 404, body: { code: "not_found", message: "none" } } };
  vi.stubGlobal("WebSocket", class { close() {} });
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const key = `${init.method} ${path.split("?")[0]}`;
    if (init.method === "PUT") puts.push({ headers: init.headers as Record<string, string>, body: JSON.parse(String(init.body)) });
    const { status = 200, body, etag } = answers[key] ?? { body: { items: [], next: null } };
    return new Response(JSON.stringify(body), { status, headers: etag ? { ETag: etag } : {} });
  });
  history.replaceState(null, "", "/campaigns/spring/edit");
  await act(async () => render(<App />, page));
  await vi.waitFor(() => expect(field("Description")).toBeTruthy(), 10_000);
});

afterEach(async () => {
  await act(async () => render(null, page));
  await signOut();
  vi.unstubAllGlobals();
});

const buttons = (text: string) => [...page.querySelectorAll<HTMLButtonElement>("button")].filter((each) => each.textContent === text);
const press = (text: string) => act(async () => buttons(text).at(-1)!.click());
const submit = (what: string) => act(async () => page.querySelector<HTMLFormElement>(what)!.requestSubmit());
function field(label: string): HTMLInputElement {
  const found = [...page.querySelectorAll("label")].find((each) => each.textContent === label);
  return document.getElementById(found?.htmlFor ?? "") as HTMLInputElement;
}
const type = (label: string, text: string) => act(async () => (field(label).value = text, void field(label).dispatchEvent(new Event("input", { bubbles: true }))));

test("another page is left to only when that is meant, and what was typed stays until then", async () => {
  await type("Description", "half of a");
  await act(async () => go("/lists"));
  expect(page.querySelector("dialog")?.textContent).toContain("Leave without saving?");
  expect(location.pathname).toBe("/campaigns/spring/edit");
  await act(async () => buttons("Cancel").at(-1)!.click());
  expect(field("Description").value).toBe("half of a");
  await act(async () => go("/lists"));
  await submit("dialog form");
  await vi.waitFor(() => expect(location.pathname).toBe("/lists"), 10_000);
});

test("a form that nothing was typed into is left at once", async () => {
  await act(async () => go("/lists"));
  expect(location.pathname).toBe("/lists");
});

test("what somebody else has saved meanwhile is shown beside it, and what is chosen is saved over it", async () => {
  await type("Description", "mine");
  answers["PUT /api/campaigns/spring"] = { status: 412, body: { code: "precondition_failed", message: "changed" } };
  answers["GET /api/campaigns/spring"] = { body: { ...saved, description: "theirs", max_calls: 9 }, etag: '"2"' };
  await press("Save");
  await vi.waitFor(() => expect(page.textContent).toContain("Somebody else has changed this campaign"), 10_000);
  expect([...page.querySelectorAll("tbody th")].map((each) => each.textContent).sort()).toEqual(["description", "max_calls"]);
  await press("Go on with these");
  expect(field("Description").value).toBe("mine");
  answers["PUT /api/campaigns/spring"] = { body: { is_new: false, changes: { description: {} }, warnings: [] } };
  await press("Save");
  await vi.waitFor(() => expect(location.pathname).toBe("/campaigns/spring"), 10_000);
  expect(puts.at(-1)!.headers["If-Match"]).toBe('"2"');
  expect(puts.at(-1)!.body).toMatchObject({ description: "mine", max_calls: 9 });
});

test("an answer that refuses it leaves everything as it was typed, with the complaint at its field", async () => {
  await type("Description", "mine");
  answers["PUT /api/campaigns/spring"] = { status: 422, body: { code: "bad_input", message: "campaign spring: description: too long; lists: is missing" } };
  await press("Save");
  await vi.waitFor(() => expect(page.querySelector(".field .wrong")?.textContent).toBe("too long"), 10_000);
  expect(field("Description").value).toBe("mine");
  expect(page.querySelector('[data-tab="contacts"] .bad-mark')).not.toBeNull();
});

test("a session that ends is begun again over the form, and what was typed is still there", async () => {
  await type("Description", "mine");
  answers["PUT /api/campaigns/spring"] = answers["GET /api/session"] = { status: 401, body: { code: "signed_out", message: "sign in" } };
  await press("Save");
  await vi.waitFor(() => expect(field("Password")).toBeTruthy(), 10_000);
  expect(page.querySelector<HTMLInputElement>("dialog.over input")!.value).toBe("root");
  await type("Password", "correct horse battery");
  await submit("dialog.over form");
  await vi.waitFor(() => expect(page.querySelector("dialog.over")).toBeNull(), 10_000);
  expect(field("Description").value).toBe("mine");
});
