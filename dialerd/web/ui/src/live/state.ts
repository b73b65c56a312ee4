// What is known live: campaigns and agents by name, brought on by numbered changes. Pure; tests draw whatever order.
// Not here: the socket that brings them (socket.ts).
import type { Agent, CampaignStatus, MyAgent, Preview } from "../api/documents";

export interface Snapshot {
  type: "snapshot";
  seq: number;
  campaigns?: CampaignStatus[];
  agents?: Agent[];
  agent?: MyAgent;
  preview?: Preview | null;
}

export interface Change {
  type: "change";
  seq: number;
  campaigns?: CampaignStatus[];
  agents?: Agent[];
  agent?: MyAgent;
  preview?: Preview | null;
  gone?: { campaigns?: string[]; agents?: string[] };
}

export type Message = Snapshot | Change | { type: "alive"; seq: number };

export interface Live {
  /** The number of the latest change that is in; 0: nothing has come yet. */
  seq: number;
  campaigns: ReadonlyMap<string, CampaignStatus>;
  agents: ReadonlyMap<string, Agent>;
  /** An agent's own state, where an agent is signed in. */
  own: MyAgent | null;
}

export const NOTHING: Live = { seq: 0, campaigns: new Map(), agents: new Map(), own: null };

function byName<T>(before: ReadonlyMap<string, T>, changed: readonly T[] | undefined, gone: readonly string[] | undefined, name: (each: T) => string) {
  if (!changed?.length && !gone?.length) return before;
  const after = new Map(before);
  for (const each of gone ?? []) after.delete(each);
  for (const each of changed ?? []) after.set(name(each), each);
  return after;
}

/**
 * `live` with the message in it. A change that is not newer than what is known alters nothing. Numbers rise, but not by one:
 * what concerns others has numbers too.
 */
export function step(live: Live, message: Message): Live {
  switch (message.type) {
    case "alive":
      return live;
    case "snapshot":
      return merge({ ...NOTHING, seq: message.seq }, message, undefined);
    case "change":
      if (message.seq <= live.seq) return live;
      return merge({ ...live, seq: message.seq }, message, message.gone);
  }
}

function merge(live: Live, told: Omit<Snapshot, "type"> | Omit<Change, "type">, gone: Change["gone"]): Live {
  return {
    seq: live.seq,
    campaigns: byName(live.campaigns, told.campaigns, gone?.campaigns, (each) => each.campaign),
    agents: byName(live.agents, told.agents, gone?.agents, (each) => each.agent),
    own: told.agent ?? live.own,
  };
}
