// Pages as people see them, before a small API that is only here: what a contact's name holds is text, keys do what they say.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { App } from "../src/app";
import type { Agent, MyAgent, Session } from "../src/api/documents";
import { csvCell } from "../src/lists/upload";
import { attributesOf } from "../src/lists/list";
import { signOut } from "../src/session";

const SCRIPT = '<img src=x onerror="window.hurt = true">';

type Answers = Record<string, unknown>;
let answers: Answers;
let asked: { method: string; path: string; body: unknown }[];
let root: HTMLElement;

class QuietSocket {
  close() {}
}

const admin: Session = { user: "root", role: "admin", agent: null, queues: null, rights: [], expires_at: "", phone_url: null };

beforeEach(() => {
  asked = [];
  document.body.innerHTML = '<div id="app"></div>';
  root = document.getElementById("app")!;
  vi.stubGlobal("WebSocket", QuietSocket);
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const [address = ""] = path.split("?");
    const key = `${init.method} ${address}`;
    asked.push({ method: String(init.method), path, body: init.body ? JSON.parse(String(init.body)) : null });
    if (!(key in answers)) return new Response(JSON.stringify({ code: "not_found", message: `there is no ${key}` }), { status: key === "GET /api/session" ? 401 : 404 });
    return new Response(JSON.stringify(answers[key]), { status: 200 });
  });
});

afterEach(async () => {
  await act(async () => render(null, root));
  answers = { "DELETE /api/session": {} };
  await signOut();
  vi.unstubAllGlobals();
});

/** Until what was asked for has been answered and drawn: effects run after a frame. */
const settle = async () => {
  for (let turn = 0; turn < 100; turn++) {
    await act(async () => void (await new Promise((resolve) => setTimeout(resolve, 2))));
    if (turn > 4 && root.textContent && !root.textContent.includes("Loading…")) return;
  }
};

async function open(path: string, session: Session, more: Answers) {
  answers = { "GET /api/session": session, ...more };
  history.replaceState(null, "", path);
  await act(async () => render(<App />, root));
  await settle();
}

const press = (key: string) => act(async () => {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await new Promise((resolve) => setTimeout(resolve, 0));
});

const campaign = { actions: ["pause", "stop", "clone"], connection: { kind: "queue", name: "sales" }, campaign: "spring", mode: "power", priority: 4, state: "active", run: 2, targets: 200, done: 50, lists: [SCRIPT], trunk: "carrier", queue: "sales", flow: null, description: SCRIPT, last_run_at: "2026-01-01T10:00:00+00:00", updated_at: "2026-01-01T10:00:00+00:00", next_start_at: null };

test("nobody signed in sees the sign-in page, and how the first account is made", async () => {
  answers = {};
  await act(async () => render(<App />, root));
  await settle();
  expect(root.textContent).toContain("dialerd user create");
  expect(root.querySelector("input[type=password]")).not.toBeNull();
});

test("the table shows progress, what may be done now, and stored script as text", async () => {
  await open("/campaigns", admin, { "GET /api/campaigns": { items: [campaign], next: null }, "GET /api/views": { items: [], next: null } });
  expect(root.textContent).toContain("25 %");
  expect(root.textContent).toContain(SCRIPT);
  expect(root.querySelector("td img")).toBeNull();
  expect(root.querySelector('[aria-label="Pause: spring"]')).not.toBeNull();
  expect(root.querySelector('[aria-label="Run: spring"]')).toBeNull();
});

test("stopping asks first, and only then stops", async () => {
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) { this.open = true; };
  await open("/campaigns", admin, { "GET /api/campaigns": { items: [campaign], next: null }, "GET /api/views": { items: [], next: null }, "POST /api/campaigns/spring/stop": {} });
  await act(async () => root.querySelector<HTMLElement>('[aria-label="Stop: spring"]')!.click());
  expect(asked.some((each) => each.method === "POST")).toBe(false);
  await act(async () => root.querySelector<HTMLFormElement>("dialog form")!.requestSubmit());
  await settle();
  expect(asked.find((each) => each.method === "POST")?.path).toBe("/api/campaigns/spring/stop");
});

test("no campaigns: the page says what to do next", async () => {
  await open("/campaigns", admin, { "GET /api/campaigns": { items: [], next: null } });
  expect(root.textContent).toContain("Upload contacts");
});

test("a jump is two keys, and none while somebody types", async () => {
  await open("/campaigns", admin, { "GET /api/campaigns": { items: [], next: null }, "GET /api/lists": { items: [], next: null } });
  await press("g");
  await press("l");
  expect(location.pathname).toBe("/lists");
  const field = root.querySelector<HTMLInputElement>("input")!;
  await act(async () => {
    for (const key of ["g", "c"]) field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  });
  expect(location.pathname).toBe("/lists");
});

test("an agent has no way to a supervisor's page", async () => {
  await open("/users", { ...admin, role: "agent", agent: "ann" }, {});
  expect(root.textContent).toContain("not for your role");
  expect(asked.some((each) => each.path.startsWith("/api/users"))).toBe(false);
});

const ann: Agent = {
  agent: "ann", endpoint: "PJSIP/1001", kind: "outbound", may_outbound: true, queues: ["sales"], state: "wrap_up", since: "2026-01-01T10:00:00+00:00",
  idle_since: "2026-01-01T10:00:00+00:00", reason: "", campaign: "spring", why: "", attempt_id: "d1", wanted: { state: "ready", since: "", reason: "" }, preferred: [], asterisk: null,
};
const wrapUp: MyAgent = {
  ...ann, campaigns: ["spring"], pause_reasons: ["lunch"], why_idle: "",
  call: { attempt_id: "d1", campaign: "spring", contact_id: 7, number: "+12125550100", attributes: { first_name: SCRIPT }, connected_at: null, ended_at: null, disposition: null, dispositions: [{ code: "sold", text: "Sold", positive: true, callback: false }, { code: "later", text: SCRIPT, positive: false, callback: true }] },
};

test("after a call a number key gives the disposition, and a customer's name is text", async () => {
  await open("/console", { ...admin, role: "agent", agent: "ann" }, { "GET /api/me/agent": wrapUp, "POST /api/me/disposition": {} });
  expect(root.textContent).toContain(SCRIPT);
  expect(root.querySelector(".console img")).toBeNull();
  await press("1");
  await settle();
  expect(asked.find((each) => each.method === "POST")).toMatchObject({ path: "/api/me/disposition", body: { attempt_id: "d1", code: "sold" } });
});

test("a rejected row is a cell that no spreadsheet runs", () => {
  expect(csvCell("=1+1")).toBe("'=1+1");
  expect(csvCell('a,"b"')).toBe('"a,""b"""');
});

test("attributes are typed one a line", () => {
  expect(attributesOf("name = Ann = Lee\n\nvip")).toEqual({ name: "Ann = Lee", vip: "" });
});
