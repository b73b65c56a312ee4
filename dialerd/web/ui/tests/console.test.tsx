// The console from one call to the next: what is typed or chosen stays with whom it is about, and is not lost as the call ends.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { App } from "../src/app";
import type { MyAgent, Session } from "../src/api/documents";
import { phone } from "../src/phone/phone";
import { changePassword, signOut } from "../src/session";

type Answers = Record<string, unknown>;
let answers: Answers;
let posted: [string, unknown][];
let root: HTMLElement;
let hear: (message: object) => void;
let close: (code: number) => void;
let sockets = 0;

class QuietSocket {
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number }) => void;
  constructor() {
    sockets++;
    close = (code) => this.onclose?.({ code });
    hear = (message) => this.onmessage?.({ data: JSON.stringify(message) });
  }
  close() {}
}

const session: Session = { user: "ann", role: "agent", agent: "ann", queues: null, rights: [], expires_at: "", phone_url: null, ice_servers: [] } as Session;
const AT = "2026-01-01T10:00:00+00:00";
const ann = {
  agent: "ann", endpoint: "PJSIP/1001", kind: "outbound", may_outbound: true, queues: ["sales"], since: AT, idle_since: AT, reason: "", campaign: "spring", why: "", is_muted: false,
  is_holding: false, consults: null, wanted: { state: "ready", since: "", reason: "" }, preferred: [], asterisk: null, campaigns: ["spring"], pause_reasons: [], why_idle: "",
} as unknown as MyAgent;
const dispositions = [{ code: "sold", text: "Sold", positive: true, callback: false }, { code: "later", text: "Later", positive: false, callback: true }];
const inState = (state: string, n: number | null): MyAgent => ({
  ...ann, state, since: `2026-01-01T10:0${n ?? 0}:${10 + state.length}+00:00`, attempt_id: n && `d${n}`,
  call: n && { attempt_id: `d${n}`, campaign: "spring", contact_id: n, number: `+1212555010${n}`, zones: n === 1 ? ["America/New_York"] : ["America/New_York", "America/Chicago"], attributes: {}, connected_at: null, ended_at: null, disposition: "answered_human", dispositions },
}) as MyAgent;

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) { this.open = true; };
  posted = [];
  document.body.innerHTML = '<div id="app"></div>';
  root = document.getElementById("app")!;
  vi.stubGlobal("WebSocket", QuietSocket);
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const key = `${init.method} ${path.split("?")[0]}`;
    if (init.method === "POST") posted.push([path, JSON.parse(String(init.body))]);
    if (init.method === "GET" && !(key in answers)) return new Response("{}", { status: 404 });
    if (answers[key] === 401) return new Response("{}", { status: 401 });
    return new Response(JSON.stringify(answers[key] ?? {}), { status: 200 });
  });
});

afterEach(async () => {
  await act(async () => render(null, root));
  answers["GET /api/session"] = session;
  await signOut();
  vi.unstubAllGlobals();
});

const settle = (ms = 40) => act(async () => void (await new Promise((resolve) => setTimeout(resolve, ms))));
const until = (fact: () => unknown) => vi.waitFor(async () => (await settle(5), expect(fact()).toBeTruthy()), 10_000);

let seq = 0;
/** The agent is seen in that state, with the call of that number, by what comes live. */
async function becomes(state: string, n: number | null) {
  answers["GET /api/me/agent"] = inState(state, n);
  await act(async () => hear({ type: "change", seq: ++seq + Date.now(), agent: inState(state, n), preview: null }));
  await until(() => shown().includes(state === "ready" ? "Waiting for the next call" : `+1212555010${n}`));
  await settle();
}

async function open(state: string, n: number | null) {
  answers = { "GET /api/session": session, "GET /api/me/agent": inState(state, n), "DELETE /api/session": {}, "GET /api/me/callbacks": [] };
  history.replaceState(null, "", "/console");
  await act(async () => render(<App />, root));
  await until(() => root.querySelector(".console"));
}

const shown = () => root.querySelector(".console")?.textContent ?? "";
const button = (text: string, within: ParentNode = root) => [...within.querySelectorAll<HTMLButtonElement>("button")].find((each) => each.textContent?.includes(text))!;
const press = (text: string, within: ParentNode = root) => act(async () => button(text, within).click());
const field = (label: string) => {
  const id = [...root.querySelectorAll("label")].find((each) => each.textContent === label)?.htmlFor;
  return root.querySelector<HTMLInputElement>(`[id="${id}"]`)!;
};
const type = (label: string, text: string) => act(async () => {
  field(label).value = text;
  field(label).dispatchEvent(new Event("input", { bubbles: true }));
});

test("what was given to one call is not shown for the next, which follows without a moment between", async () => {
  await open("wrap_up", 1);
  await press("Sold");
  await until(() => button("Sold").getAttribute("aria-pressed") === "true");
  await becomes("wrap_up", 2);
  expect(button("Sold").getAttribute("aria-pressed")).not.toBe("true");
});

test("a callback's form stays with the call that it was opened for, whoever comes next", async () => {
  await open("wrap_up", 1);
  await press("Later");
  await type("When", "2027-01-04T10:30");
  await becomes("wrap_up", 2);
  expect(root.querySelector("dialog")!.textContent).toContain("+12125550101");
  await act(async () => root.querySelector<HTMLFormElement>("dialog form")!.requestSubmit());
  await until(() => posted.length);
  expect(posted).toEqual([["/api/me/disposition", { attempt_id: "d1", code: "later", callback: { at: "2027-01-04T10:30", mine: true } }]]);
});

test("a note goes on as the call ends and as wrap-up ends: in the same field, then beside the next call", async () => {
  await open("on_call", 1);
  await type("Add note", "wants the blue one");
  const before = field("Add note");
  await becomes("wrap_up", 1);
  expect(field("Add note")).toBe(before);
  expect(before.value).toBe("wants the blue one");
  await becomes("ready", null);
  expect(field("Add note").value).toBe("wants the blue one");
  await press("Add note");
  await until(() => posted.length);
  expect(posted).toEqual([["/api/me/notes", { contact_id: 1, text: "wants the blue one" }]]);
});

test("a note on one person is not in the field for the next", async () => {
  await open("on_call", 3);
  await type("Add note", "wants the blue one");
  await becomes("on_call", 4);
  const fields = [...root.querySelectorAll<HTMLTextAreaElement>("textarea")].map((each) => each.value);
  expect(fields).toEqual(["", "wants the blue one"]);
});

test("the form of a callback tells the customer's zone and its clock, and asks for it where the customer may be in several", async () => {
  await open("wrap_up", 1);
  await press("Later");
  expect(root.querySelector("dialog")!.textContent).toMatch(/By the customer's clock: America\/New_York, where it is \d\d:\d\d now/);
  expect(field("Whose clock")).toBeNull();
  await type("Number", "+13105550100");
  expect(root.querySelector("dialog")!.textContent).not.toContain("America/New_York");
  await press("Cancel");
  await becomes("wrap_up", 2);
  await press("Later");
  await type("When", "2027-01-04T10:30");
  const clock = root.querySelector<HTMLSelectElement>("dialog select")!;
  expect([...clock.options].map((each) => each.value)).toEqual(["", "America/New_York", "America/Chicago"]);
  await act(async () => (clock.value = "America/Chicago", void clock.dispatchEvent(new Event("change", { bubbles: true }))));
  await act(async () => root.querySelector<HTMLFormElement>("dialog form")!.requestSubmit());
  await until(() => posted.length);
  expect(posted).toEqual([["/api/me/disposition", { attempt_id: "d2", code: "later", callback: { at: "2027-01-04T10:30", mine: true, zone: "America/Chicago" } }]]);
});

test("a promise of a callback outlives the call, its wrap-up, and the next call", async () => {
  await open("on_call", 1);
  await press("Callback");
  await type("When", "2027-01-04T10:30");
  await type("Notes", "long story");
  for (const [state, n] of [["wrap_up", 1], ["ready", null], ["on_call", 2]] as const) {
    await becomes(state, n);
    expect(field("Notes").value).toBe("long story");
  }
  await act(async () => root.querySelector<HTMLFormElement>("dialog form")!.requestSubmit());
  await until(() => posted.length);
  expect(posted).toEqual([["/api/me/callbacks", { campaign: "spring", contact_id: 1, number: "+12125550101", at: "2027-01-04T10:30", mine: true, notes: "long story" }]]);
});

test("an outcome that was not given in time is asked for until it is given, and goes to that call", async () => {
  await open("wrap_up", 1);
  await becomes("ready", null);
  expect(shown()).toContain("Last call, +12125550101");
  await becomes("on_call", 2);
  await press("Sold", root.querySelector('[aria-label^="Last call"]')!);
  await until(() => posted.length);
  expect(posted).toEqual([["/api/me/disposition", { attempt_id: "d1", code: "sold" }]]);
  await until(() => !shown().includes("Last call"));
});

test("an outcome that is left as it is, or was given, is not asked for again", async () => {
  await open("wrap_up", 1);
  await becomes("ready", null);
  await press("Leave it");
  expect(shown()).not.toContain("Last call");
  await becomes("wrap_up", 2);
  await press("Sold");
  await until(() => posted.length);
  await becomes("ready", null);
  expect(shown()).not.toContain("Last call");
});

test("a call is told in a tab that is not seen, which draws no frames", async () => {
  const told: string[] = [];
  vi.stubGlobal("Notification", class { static permission = "granted"; constructor(text: string) { told.push(text); } close() {} });
  await open("ready", null);
  await becomes("ready", null);
  vi.stubGlobal("requestAnimationFrame", () => 1);
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  try {
    await act(async () => hear({ type: "change", seq: ++seq + Date.now(), agent: inState("reserved", null), preview: null }));
    expect(told).toEqual(["A call has come to you"]);
    answers["GET /api/me/agent"] = inState("on_call", 1);
    await act(async () => hear({ type: "change", seq: ++seq + Date.now(), agent: inState("on_call", 1), preview: null }));
    await until(() => shown().includes("+12125550101"));
    expect(told.length).toBe(1);
  } finally {
    hidden.mockRestore();
  }
});

const isOut = () => !!field("Password") && root.textContent!.includes("Sign in");
const refuse = async () => void (answers["GET /api/session"] = 401);

test("a socket that says the session is over is believed when the session says so, too", async () => {
  await open("ready", null);
  const before = sockets;
  await act(async () => close(4401));
  await until(() => sockets > before);
  expect(isOut()).toBe(false);
  await refuse();
  await act(async () => close(4401));
  await until(isOut);
});

test("after a new password the socket is another, and nobody is sent away", async () => {
  await open("ready", null);
  const before = sockets;
  const old = close;
  await act(async () => changePassword("old", "another horse battery"));
  await act(async () => old(4401));
  await settle();
  expect([isOut(), sockets > before]).toEqual([false, true]);
});

test("the end of the session ends no call: the phone goes off after it", async () => {
  await open("ready", null);
  const talks = vi.spyOn(phone, "isTalking", "get").mockReturnValue(true);
  const state = vi.spyOn(phone, "state", "get").mockReturnValue("in_call");
  const leave = vi.spyOn(phone, "leave").mockImplementation(() => {});
  try {
    await refuse();
    await act(async () => close(4401));
    await until(isOut);
    expect(leave).not.toHaveBeenCalled();
    talks.mockReturnValue(false);
    state.mockReturnValue("registered");
    (phone as unknown as { become: (standing: string) => void }).become("up");
    expect(leave).toHaveBeenCalled();
  } finally {
    vi.restoreAllMocks();
  }
});

test("a session that ends soon says so, and is begun again without a break", async () => {
  await open("ready", null);
  expect(root.textContent).not.toContain("Your session ends");
  answers["GET /api/session"] = { ...session, expires_at: new Date(Date.now() + 10 * 60_000).toISOString() };
  await act(async () => close(4401));
  await until(() => root.textContent!.includes("Your session ends"));
  answers["POST /api/session"] = { ...session, expires_at: new Date(Date.now() + 12 * 3_600_000).toISOString() };
  await press("Sign in again");
  await type("Password", "correct horse battery");
  await act(async () => root.querySelector<HTMLFormElement>("dialog form")!.requestSubmit());
  await until(() => !root.textContent!.includes("Your session ends"));
  expect(posted).toEqual([["/api/session", { name: "ann", password: "correct horse battery" }]]);
});
