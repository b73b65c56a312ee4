// The phone in the browser, before a SIP stack that is only here: what it says of itself, and which call it takes.
import { beforeEach, expect, test, vi } from "vitest";

import { saidOf } from "../src/phone/panel";
import { addressOf, BrowserPhone, guardCall, kept, phone as ours, type PhoneState } from "../src/phone/phone";

type Handler = (event: Record<string, unknown>) => void;

class Emitter {
  readonly handlers: Record<string, Handler> = {};
  on(name: string, handler: Handler) {
    this.handlers[name] = handler;
  }
  emit(name: string, event: Record<string, unknown> = {}) {
    this.handlers[name]?.(event);
  }
}

class Ua extends Emitter {
  start = vi.fn();
  stop = vi.fn();
  register = vi.fn();
  isConnected = () => true;
  constructor() {
    super();
    stacks.push(this);
  }
}

class Call extends Emitter {
  answer = vi.fn();
  terminate = vi.fn();
}

let stacks: Ua[] = [];
vi.mock("jssip", () => ({ default: { UA: Ua, WebSocketInterface: class {} } }));

let phone: BrowserPhone;

/** The phone before it is known how its first try goes, and the stack that it has begun. */
async function begun(): Promise<[Ua, Promise<void>]> {
  const started = phone.start({ url: "/api/phone", user: "2001", password: "x" });
  await vi.waitFor(() => expect(stacks.length).toBe(1));
  return [stacks[0]!, started];
}

function rung(stack: Ua): Call {
  const call = new Call();
  stack.emit("newRTCSession", { session: call, originator: "remote" });
  return call;
}

beforeEach(() => {
  stacks = [];
  phone = new BrowserPhone();
});

test("a path is an address of the server that the page is from", () => {
  expect(addressOf("/api/phone", "https://dialer.example.com/console")).toBe("wss://dialer.example.com/api/phone");
  expect(addressOf("wss://pbx.example.com:8089/ws", "https://dialer.example.com/")).toBe("wss://pbx.example.com:8089/ws");
});

test("it says how it does, and comes back after a lost connection", async () => {
  const [stack, started] = await begun();
  const states: PhoneState[] = [phone.state];
  phone.watch(() => states.push(phone.state));
  stack.emit("registered");
  await started;
  stack.emit("disconnected");
  stack.emit("registrationFailed", { cause: "Rejected", response: { status_code: 403 } });
  stack.emit("registered");
  expect(states).toEqual(["connecting", "registered", "lost", "lost", "registered"]);
});

test("a wrong password is told at once, and not tried again", async () => {
  const [stack, started] = await begun();
  stack.emit("registrationFailed", { cause: "Rejected", response: { status_code: 401 } });
  await started;
  expect([phone.state, phone.problem]).toEqual(["failed", "Rejected"]);
  expect(stack.stop).toHaveBeenCalled();
});

test("it answers by itself, and refuses a second ring while it talks", async () => {
  const [stack, started] = await begun();
  stack.emit("registered");
  await started;
  const first = rung(stack);
  expect(first.answer).toHaveBeenCalled();
  expect(phone.state).toBe("in_call");
  const second = rung(stack);
  expect(second.terminate).toHaveBeenCalledWith({ status_code: 486 });
  first.emit("ended");
  expect(phone.state).toBe("registered");
});

test("what rings after the connection was lost takes the place of a call that nobody has any more", async () => {
  const [stack, started] = await begun();
  stack.emit("registered");
  await started;
  const dead = rung(stack);
  stack.emit("disconnected");
  stack.emit("registered");
  const next = rung(stack);
  expect(next.answer).toHaveBeenCalled();
  expect(dead.terminate).toHaveBeenCalled();
  dead.emit("ended");
  expect(phone.state).toBe("in_call");
});

test("two reloads while Asterisk refuses everybody ask for no password: only the agent's own end forgets it", async () => {
  const [stack, started] = await begun();
  stack.emit("registered");
  await started;
  for (const reload of [1, 2]) {
    stacks = [];
    phone = new BrowserPhone();
    const again = phone.start(kept()!);
    await vi.waitFor(() => expect(stacks.length).toBe(1));
    stacks[0]!.emit("registrationFailed", { cause: "Rejected", response: { status_code: 403 } });
    await again;
    expect(kept()?.user, `reload ${reload}`).toBe("2001");
  }
  phone.leave();
  expect(kept()).toBeNull();
});

test("speech gets through firewalls by the servers of the settings", async () => {
  const [stack, started] = await begun();
  stack.emit("registered");
  await started;
  phone.iceServers = [{ urls: "stun:stun.example.com", username: "", credential: "" }, { urls: "turn:turn.example.com", username: "u", credential: "p" }];
  expect(rung(stack).answer.mock.calls[0]![0].pcConfig).toEqual({ iceServers: [{ urls: "stun:stun.example.com" }, { urls: "turn:turn.example.com", username: "u", credential: "p" }] });
});

test("a tab that is left during a call asks first, and no other does", async () => {
  const leaves = () => {
    const event = new Event("beforeunload", { cancelable: true });
    guardCall(event as BeforeUnloadEvent);
    return !event.defaultPrevented;
  };
  expect(leaves()).toBe(true);
  const started = ours.start({ url: "/api/phone", user: "2001", password: "x" });
  await vi.waitFor(() => expect(stacks.length).toBe(1));
  stacks[0]!.emit("registered");
  await started;
  const call = rung(stacks[0]!);
  expect(leaves()).toBe(false);
  stacks[0]!.emit("disconnected"); // the call may come back
  expect(leaves()).toBe(false);
  call.emit("ended");
  expect(leaves()).toBe(true);
});

test.each([
  ["Authentication Error", "The name of the phone or its password is not right."],
  ["SIP Failure Code", "The telephone server refused this phone (SIP Failure Code)."],
])("a phone that is refused for %s says what to look at", (cause, said) => {
  expect(saidOf(cause)).toBe(said);
});
