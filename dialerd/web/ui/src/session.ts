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
  if (next.at === "in") socket.start();
  else {
    socket.stop();
    if (next.at === "out" && phone.state !== "off") phone.stop();
  }
  watchers.forEach((each) => each());
}

export async function askSession(): Promise<void> {
  try {
    become({ at: "in", session: await get(at("/session")) });
  } catch (error) {
    if (error instanceof Problem && error.status !== 401) become({ at: "unreachable", problem: error });
    else become({ at: "out", hasEnded: false });
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  become({ at: "in", session: await send("post", at("/session"), { body: { name, password } }) });
  document.dispatchEvent(new Event(SIGNED_IN));
}

export async function signOut(): Promise<void> {
  if (phone.state !== "off") phone.stop(); // while it may still say goodbye
  await send("delete", at("/session"));
  become({ at: "out", hasEnded: false });
}

const ended = () => state.at === "in" && become({ at: "out", hasEnded: true });
onSignedOut(ended);
socket.onSessionOver = ended;

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
