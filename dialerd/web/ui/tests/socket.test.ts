// The one socket: it goes on where it left off, and ends with the session.
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { LiveSocket } from "../src/live/socket";

class FakeSocket {
  onopen = () => {};
  onmessage = (_event: { data: string }) => {};
  onclose = (_event: { code: number }) => {};
  constructor(readonly path: string) {}
  close(code = 1000) {
    this.onclose({ code });
  }
  says(message: object) {
    this.onmessage({ data: JSON.stringify(message) });
  }
}

let opened: FakeSocket[];
let live: LiveSocket;
beforeEach(() => {
  vi.useFakeTimers();
  opened = [];
  live = new LiveSocket((path) => {
    const socket = new FakeSocket(path);
    opened.push(socket);
    return socket as unknown as WebSocket;
  });
  live.start();
});
afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

const last = () => opened[opened.length - 1]!;

test("a lost connection is made again, from the last change on, and what was known stays", () => {
  last().says({ type: "snapshot", seq: 41, campaigns: [{ campaign: "a" }], agents: [] });
  expect(live.link).toBe("up");
  last().close(1006);
  expect(live.link).toBe("lost");
  vi.advanceTimersByTime(1000);
  expect(last().path).toBe("/api/live?since=41");
  expect(live.live.campaigns.has("a")).toBe(true);
  last().says({ type: "change", seq: 42, campaigns: [], agents: [] });
  expect(live.link).toBe("up");
});

test("the end of the session is told, and nothing is tried again", () => {
  const over = vi.fn();
  live.onSessionOver = over;
  last().close(4401);
  vi.advanceTimersByTime(60_000);
  expect(over).toHaveBeenCalledOnce();
  expect(opened).toHaveLength(1);
});

test("a server that has gone silent is left and asked again", () => {
  last().onopen();
  last().says({ type: "snapshot", seq: 1, campaigns: [], agents: [] });
  vi.advanceTimersByTime(60_000);
  expect(opened.length).toBeGreaterThan(1);
});

test("connecting anew goes on from the last change, and what the connection before says is nobody's", () => {
  const over = vi.fn();
  live.onSessionOver = over;
  last().says({ type: "snapshot", seq: 41, campaigns: [], agents: [] });
  const before = last();
  live.again();
  before.close(4401);
  expect(over).not.toHaveBeenCalled();
  expect([opened.length, last().path]).toEqual([2, "/api/live?since=41"]);
});
