// What an agent's console shows, kept fresh: its own state and call, the record before it, the card of the person.
// Not here: how it looks (page.tsx and the rest).
import { useEffect, useRef, useState } from "preact/hooks";

import { get, Problem } from "../api/client";
import type { Agent, AgentPage, Card, Preview } from "../api/documents";
import { useDocument, useLoaded } from "../api/resource";
import { at } from "../api/routes";
import { useLive } from "../live/socket";

const LOOK_S = 5; // beside what comes live

export interface ShownPreview extends Preview {
  /** When its time is up, by this browser's clock in ms. */
  until: number;
}

/** null where there is none: the API says so with 404. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Problem && (error.status === 404 || error.status === 409)) return null;
    throw error;
  }
}

const lineOf = (agent: Agent): string => `${agent.is_muted} ${agent.is_holding} ${agent.consults}`;

/** Does it whenever the mark is another than before. */
function useChanged(mark: string, act: () => void): void {
  const seen = useRef(mark);
  useEffect(() => {
    if (seen.current === mark) return;
    seen.current = mark;
    act();
  }, [mark]);
}

export function useMine() {
  const { live } = useLive();
  const agent = useDocument(at("/me/agent"), {}, LOOK_S);
  const state = agent.value?.state;
  const preview = useLoaded<ShownPreview | null>(state === "preview" ? `preview ${agent.value?.since}` : null, async () => {
    const shown = await orNull(get(at("/me/preview")));
    return shown && { ...shown, until: Date.now() + shown.left_s * 1000 };
  });
  const page = useLoaded<AgentPage | null>(`page ${state} ${agent.value?.attempt_id} ${agent.value?.since}`, () => orNull(get(at("/me/page"))));
  // The card of the person stays while the next look at it is under way: nothing that is typed beside it loses its field.
  const card = useRef<Card | null>(null);
  if (page.value) card.current = page.value.card;
  const cardOf = (contact: number): Card | null => (card.current?.contact_id === contact ? card.current : null);
  const own = live.own;
  useChanged(own ? `${own.state} ${own.since} ${own.attempt_id} ${own.campaign} ${own.wanted?.state} ${lineOf(own)}` : "", agent.reload);
  // In a call others change it too: whom the agent asks may hang up.
  useChanged(agent.value ? lineOf(agent.value) : "", page.reload);
  const [turn, setTurn] = useState(0);
  const reload = () => {
    setTurn((now) => now + 1);
    agent.reload();
    preview.reload();
    page.reload();
  };
  return { agent, preview: preview.value, page: page.value, cardOf, reload, turn };
}

export type Mine = ReturnType<typeof useMine>;
