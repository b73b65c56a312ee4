// Pages as people see them, before a small API that is only here: what a contact's name holds is text, keys do what they say.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { App } from "../src/app";
import type { Agent, AgentPage, FloorAgent, MyAgent, Session } from "../src/api/documents";
import { ContactTimeline } from "../src/campaigns/contact";
import { csvCell } from "../src/lists/upload";
import { attributesOf } from "../src/lists/list";
import { detailText } from "../src/pages/audit";
import { signOut } from "../src/session";

const SCRIPT = '<img src=x onerror="window.hurt = true">';

type Answers = Record<string, unknown>;
let answers: Answers;
let asked: { method: string; path: string; body: unknown }[];
let root: HTMLElement;

class QuietSocket {
  static last: QuietSocket;
  onmessage?: (event: { data: string }) => void;
  constructor() {
    QuietSocket.last = this;
  }
  close() {}
}

const admin: Session = { user: "root", role: "admin", agent: null, queues: null, rights: [], expires_at: "", phone_url: null, ice_servers: [] };

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
    const answer = answers[key];
    return answer instanceof Promise ? answer : new Response(JSON.stringify(answer), { status: 200 });
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
  idle_since: "2026-01-01T10:00:00+00:00", reason: "", campaign: "spring", why: "", attempt_id: "d1", is_muted: false, is_holding: false, consults: null,
  wanted: { state: "ready", since: "", reason: "" }, preferred: [], asterisk: null,
};
const wrapUp: MyAgent = {
  ...ann, campaigns: ["spring"], pause_reasons: ["lunch"], why_idle: "",
  call: { attempt_id: "d1", campaign: "spring", contact_id: 7, number: "+12125550100", zones: ["America/New_York"], attributes: { first_name: SCRIPT }, connected_at: null, ended_at: null, disposition: null, dispositions: [{ code: "sold", text: "Sold", positive: true, callback: false }, { code: "later", text: SCRIPT, positive: false, callback: true }] },
};

test("after a call a number key gives the disposition, and a customer's name is text", async () => {
  await open("/console", { ...admin, role: "agent", agent: "ann" }, { "GET /api/me/agent": wrapUp, "POST /api/me/disposition": {} });
  expect(root.textContent).toContain(SCRIPT);
  expect(root.querySelector(".console img")).toBeNull();
  await press("1");
  await settle();
  expect(asked.find((each) => each.method === "POST")).toMatchObject({ path: "/api/me/disposition", body: { attempt_id: "d1", code: "sold" } });
});

const talking: MyAgent = { ...wrapUp, state: "on_call" };
const pageOfAnn = (consults: string | null): AgentPage => ({
  agent: "ann", state: "on_call", since: ann.since, campaign: "spring", why_idle: "", pause_reasons: [], is_muted: false, is_holding: consults !== null, consults, jobs: [], card: null, callbacks: [],
});
const inCall = (consults: string | null): Answers => ({ "GET /api/me/agent": talking, "GET /api/me/page": pageOfAnn(consults) });
const asAnn: Session = { ...admin, role: "agent", agent: "ann" };
const buttonOf = (text: string) => [...root.querySelectorAll<HTMLButtonElement>("button")].find((each) => each.textContent?.startsWith(text))!;
const click = (text: string) => act(async () => buttonOf(text).click());
const posts = () => asked.filter((each) => each.method === "POST").map(({ path, body }) => [path, body]);

async function askFirst(whom: string) {
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) { this.open = true; };
  await press("t");
  const select = root.querySelector<HTMLSelectElement>("dialog select")!;
  await act(async () => (select.value = "agent", void select.dispatchEvent(new Event("change", { bubbles: true }))));
  const field = root.querySelector<HTMLInputElement>("dialog input")!;
  await act(async () => (field.value = whom, void field.dispatchEvent(new Event("input", { bubbles: true }))));
  await click("Ask first");
}

test("asking first rings a colleague while the dialog says so, and closes it once they talk", async () => {
  let talk: (answer: Response) => void = () => {};
  await open("/console", asAnn, { ...inCall(null), "POST /api/me/agent/consult": new Promise<Response>((resolve) => (talk = resolve)) });
  await askFirst("bob");
  expect(posts()).toEqual([["/api/me/agent/consult", { agent: "bob" }]]);
  expect(root.querySelector("dialog")?.textContent).toContain("Calling bob");
  answers["GET /api/me/page"] = pageOfAnn("bob");
  await act(async () => talk(new Response('{"request": 1, "state": "done"}')));
  await settle();
  expect(root.querySelector("dialog")).toBeNull();
  expect(root.textContent).toContain("You ask bob");
});

test("whom the agent asks hangs up: the live socket says so, and the panel goes", async () => {
  const asking: MyAgent = { ...talking, is_holding: true, consults: "bob" };
  await open("/console", asAnn, { ...inCall("bob"), "GET /api/me/agent": asking });
  const hear = async (seq: number, agent: MyAgent) => {
    await act(async () => QuietSocket.last.onmessage?.({ data: JSON.stringify({ type: seq === 1 ? "snapshot" : "change", seq, agent, preview: null }) }));
    await settle();
  };
  await hear(1, asking);
  expect(root.textContent).toContain("You ask bob");
  Object.assign(answers, inCall(null));
  await hear(2, talking);
  await vi.waitFor(async () => {
    await settle();
    expect(root.textContent).not.toContain("You ask bob");
  }, 3000);
});

test("whom an agent cannot ask: the dialog stays with the API's sentence", async () => {
  const refusal = { code: "illegal_action", message: "agent bob is on call", hint: "", errors: [] };
  await open("/console", asAnn, { ...inCall(null), "POST /api/me/agent/consult": Promise.resolve(new Response(JSON.stringify(refusal), { status: 409 })) });
  await askFirst("bob");
  await settle();
  expect(root.querySelector("dialog [role=alert]")?.textContent).toBe("agent bob is on call");
  expect(buttonOf("Ask first").disabled).toBe(false);
});

test("cancelling while it rings takes the wish back", async () => {
  await open("/console", asAnn, { ...inCall(null), "POST /api/me/agent/consult": new Promise<Response>(() => {}), "POST /api/me/agent/cancel": {} });
  await askFirst("bob");
  await click("Cancel");
  await settle();
  expect(posts().at(-1)?.[0]).toBe("/api/me/agent/cancel");
  expect(root.querySelector("dialog")).toBeNull();
});

test("cancelling the dialog before anybody is asked asks nothing of the API", async () => {
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) { this.open = true; };
  await open("/console", asAnn, inCall(null));
  await press("t");
  await click("Cancel");
  expect(root.querySelector("dialog")).toBeNull();
  expect(posts()).toEqual([]);
});

test.each([["Give the call", ["t", "t"], "/api/me/agent/complete"], ["Take back", ["x"], "/api/me/agent/cancel"]])("while a number is asked: %s, by its button and its keys", async (label, keys, path) => {
  await open("/console", asAnn, { ...inCall("tel:+12125550100"), [`POST ${path}`]: {} });
  expect(root.textContent).toContain("You ask +12125550100.");
  await click(label);
  await settle();
  expect(posts()).toEqual([[path, {}]]);
  for (const key of keys) await press(key);
  await settle();
  expect(posts()).toEqual([[path, {}], [path, {}]]);
});

test("while somebody is asked there is no other transfer, and nothing that the API would refuse", async () => {
  await open("/console", asAnn, inCall("bob"));
  await press("t");
  expect(root.querySelector("dialog")).toBeNull();
  for (const label of ["On hold", "Keypad", "Transfer"]) expect(buttonOf(label).disabled, label).toBe(true);
  expect(buttonOf("End call").disabled).toBe(false);
});

test("the floor tells whom an agent asks", async () => {
  const bob: FloorAgent = {
    agent: "bob", endpoint: "PJSIP/1002", queues: ["sales"], state: "on_call", since: ann.since, in_state_s: 5, attempt_id: "d2", campaign: "spring", reason: "", why: "", wanted: "ready",
    preferred: [], talks_with: "call", is_muted: false, is_holding: true, consults: "tel:+12125550100", listeners: [],
  };
  await open("/floor", admin, { "GET /api/floor": { agents: [bob, { ...bob, agent: "carl", consults: null }], waiting: [], calls: [], queues: [] } });
  const rows = [...root.querySelectorAll("tbody tr")].map((each) => each.textContent);
  expect(rows[0]).toContain("on hold · asks +12125550100");
  expect(rows[1]).not.toContain("asks");
});

test("a contact's notes stand beside its timeline as text, and more can be written", async () => {
  const note = { contact_id: 7, at: ann.since, actor: "user:ann", text: SCRIPT };
  answers = {
    "GET /api/campaigns/spring/contacts/7": { contact_id: 7, number: "+12125550100", target_state: "new", attempts_spent: 0, closed: [] },
    "GET /api/campaigns/spring/contacts/7/timeline": { moments: [] }, "GET /api/contacts/7/notes": [note], "POST /api/contacts/7/notes": note,
  };
  await act(async () => render(<ContactTimeline campaign="spring" />, root));
  const type = (field: HTMLInputElement | HTMLTextAreaElement, text: string) => act(async () => (field.value = text, void field.dispatchEvent(new Event("input", { bubbles: true }))));
  await type(root.querySelector("input")!, "7");
  await click("Explain");
  await settle();
  expect(root.textContent).toContain(SCRIPT);
  expect(root.querySelector("img")).toBeNull();
  answers["GET /api/contacts/7/notes"] = [{ ...note, text: "Moved to Boston" }, note];
  await type(root.querySelector("textarea")!, "Moved to Boston");
  await click("Add note");
  await settle();
  expect(posts()).toEqual([["/api/contacts/7/notes", { text: "Moved to Boston" }]]);
  expect(root.querySelector("textarea")!.value).toBe("");
  expect(root.textContent).toContain("Moved to Boston");
});

test("a rejected row is a cell that no spreadsheet runs", () => {
  expect(csvCell("=1+1")).toBe("'=1+1");
  expect(csvCell('a,"b"')).toBe('"a,""b"""');
});

test("attributes are typed one a line", () => {
  expect(attributesOf("name = Ann = Lee\n\nvip")).toEqual({ name: "Ann = Lee", vip: "" });
});

test("the audit log tells what was before and after, and of what is new only what it is", () => {
  expect(detailText({ changes: { max_calls: { before: 5, after: 9 }, trunk: { before: null, after: "carrier" } } })).toBe("changes: (max calls: 5 → 9, trunk: carrier)");
});

test("a user's form is of what the user is now, not of the list, and sends only what is changed", async () => {
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) { this.open = true; };
  const ben = { user: "ben", role: "agent", agent: null, queues: null, is_disabled: false, created_at: ann.since, last_signed_in_at: null };
  await open("/users", admin, {
    "GET /api/users": { items: [ben], next: null }, "GET /api/tokens": { items: [], next: null }, "GET /api/agents": { items: [], next: null }, "GET /api/queues": [],
    "GET /api/users/ben": { ...ben, is_disabled: true }, "PATCH /api/users/ben": {},
  });
  await act(async () => root.querySelector<HTMLElement>('[aria-label="Actions: ben"]')!.click());
  await click("Change");
  await settle();
  expect(root.querySelector<HTMLInputElement>("dialog input[type=checkbox]")!.checked).toBe(true);
  const role = root.querySelector<HTMLSelectElement>("dialog select")!;
  await act(async () => (role.value = "supervisor", void role.dispatchEvent(new Event("change", { bubbles: true }))));
  await act(async () => root.querySelector<HTMLFormElement>("dialog form")!.requestSubmit());
  await settle();
  expect(asked.find((each) => each.method === "PATCH")).toMatchObject({ path: "/api/users/ben", body: { role: "supervisor" } });
  expect(asked.find((each) => each.method === "PATCH")?.body).toEqual({ role: "supervisor" });
});

test("the time of a promised callback is the contact's everywhere, with its zone", async () => {
  const promised = { callback: 4, campaign: "spring", contact_id: 7, number: "+12125550100", state: "scheduled", time: "2026-03-04T10:00:00-05:00", zone: "America/New_York", notes: "", agent: "ann", why: "" };
  await open("/console", asAnn, { "GET /api/me/agent": { ...talking, state: "ready", call: null }, "GET /api/me/callbacks": [promised] });
  expect(root.querySelector(".promise")!.textContent).toContain("2026-03-04 10:00 America/New_York");
  await act(async () => root.querySelector<HTMLElement>('.promise [aria-label^="Actions"]')!.click());
  await click("Change time");
  expect(root.querySelector<HTMLInputElement>("dialog input")!.value).toBe("2026-03-04T10:00");
  expect(root.querySelector("dialog")!.textContent).toContain("in America/New_York");
});
