// Who is signed in here: asked for once, told to the whole page.
import { useEffect, useState } from "preact/hooks";

import { get, onSignedOut, Problem, send } from "./api/client";
import { SIGNED_IN } from "./api/resource";
import type { Role, Session } from "./api/documents";
import { at } from "./api/routes";
import { socket } from "./live/socket";
import { phone } from "./phone/phone";

export type SessionState = { at: "asking" } | { at: "out"; hasEnded: boolean } | { at: "in"; session: Session } | { at: "unreachable"; problem: Problem };

let state: SessionState = { at: "asking" };
const watchers = new Set<() => void>();

function become(next: SessionState): void {
  state = next;
  if (next.at === "in") {
    phone.iceServers = next.session.ice_servers ?? [];
    socket.start();
  }
  else {
    socket.stop();
    stopPhone();
  }
  watchers.forEach((each) => each());
}

/** The phone of somebody who is signed out goes off; a call that it has goes on to its end. */
function stopPhone(): void {
  if (state.at === "out" && phone.state !== "off" && !phone.isTalking) phone.leave();
}
phone.watch(stopPhone);

export async function askSession(): Promise<void> {
  try {
    become({ at: "in", session: await get(at("/session")) });
  } catch (error) {
    if (error instanceof Problem && error.status !== 401) become({ at: "unreachable", problem: error });
    else become({ at: "out", hasEnded: false });
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  const session = await send("post", at("/session"), { body: { name, password } });
  if (state.at === "in") socket.again(); // it is held to the session before
  become({ at: "in", session });
  document.dispatchEvent(new Event(SIGNED_IN));
}

export async function signOut(): Promise<void> {
  if (phone.state !== "off") phone.leave(); // while it may still say goodbye
  await send("delete", at("/session"));
  become({ at: "out", hasEnded: false });
}

/** Something says that the session is over. It may be another by now, after a new password: only the session itself is believed. */
async function ended(): Promise<void> {
  if (state.at !== "in") return;
  try {
    const session = await get(at("/session"));
    if (state.at !== "in") return;
    become({ at: "in", session });
  } catch (error) {
    if (state.at !== "in") return;
    if (error instanceof Problem && error.status === 401) become({ at: "out", hasEnded: true });
    else socket.start(); // nobody can say now: whoever answers next does
  }
}
onSignedOut(ended);
socket.onSessionOver = ended;

/** The own password is another: the session goes on as a new one, and what hangs on it, too. */
export async function changePassword(old: string, next: string): Promise<void> {
  await send("post", at("/session/password"), { body: { old, new: next } });
  socket.again();
  await ended();
}

export function useSession(): SessionState {
  const [, redraw] = useState(0);
  useEffect(() => {
    const watcher = () => redraw((n) => n + 1);
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }, []);
  return state;
}

const RANK: Record<Role, number> = { agent: 0, supervisor: 1, admin: 2 };
export const mayBe = (session: Session, role: Role): boolean => (RANK[session.role as Role] ?? -1) >= RANK[role];
