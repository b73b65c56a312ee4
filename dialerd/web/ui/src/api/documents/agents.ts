// Documents of agents, their page, and the floor.
// Not here: how they are asked for (client.ts).

export type AgentState = "logged_out" | "ready" | "reserved" | "preview" | "on_call" | "wrap_up" | "paused" | "inbound";

export interface Agent {
  agent: string;
  endpoint: string;
  kind: "outbound" | "inbound" | "blended";
  may_outbound: boolean;
  queues: string[];
  state: AgentState;
  since: string;
  idle_since: string;
  reason: string;
  campaign: string | null;
  why: string;
  attempt_id: string | null;
  wanted: { state: "logged_out" | "ready" | "paused"; since: string; reason: string };
  preferred: string[];
  asterisk: string | null;
  campaigns?: string[];
}

export interface DispositionChoice {
  code: string;
  text: string;
  positive: boolean;
  callback: boolean;
}

export interface Call {
  attempt_id: string;
  campaign: string;
  contact_id: number;
  number: string;
  attributes: Record<string, unknown>;
  connected_at: string | null;
  dispositions: DispositionChoice[];
  script?: string | null;
  disposition?: string | null;
  is_muted?: boolean;
  is_held?: boolean;
}

export interface MyAgent extends Agent {
  call: Call | null;
  pause_reasons: string[];
  why_idle: string;
}

export interface Job {
  campaign: string;
  priority: number;
  state: string;
  is_preferred: boolean;
}

export interface Note {
  at: string;
  actor: string;
  text: string;
}

/** The card of whom an agent looks at or talks to. */
export interface Card {
  attempt_id: string | null;
  campaign: string;
  contact_id: number;
  number: string;
  fields: { label: string; value: string }[];
  script: string;
  notes: Note[];
  attempts_spent: number;
}

export interface AgentPage {
  card: Card | null;
  is_muted: boolean;
  is_holding: boolean;
  jobs: Job[];
}

export interface Preview {
  agent: string;
  campaign: string;
  contact_id: number;
  number: string;
  attempts: number;
  attributes: Record<string, unknown>;
  shown_at: string;
  dial_at: string;
  left_s: number;
  skips_left: number | null;
  asked: string | null;
}

export interface Queue {
  queue?: string;
  name?: string;
  agents: string[];
  [key: string]: unknown;
}

export interface FloorAgent {
  agent: string;
  state: AgentState;
  since: string;
  reason: string;
  campaign: string | null;
  why: string;
  preferred: string[];
  queues: string[];
  wanted: string;
  endpoint: string;
  attempt_id: string | null;
  talks_with: "call" | "caller" | null;
  is_muted: boolean;
  is_holding: boolean;
  listeners: Record<string, string>[];
}

export interface FloorCall {
  attempt_id: string;
  campaign: string;
  contact_id: number;
  number: string;
  phase: string;
  since: string;
  agent: string | null;
  trunk: string;
}

export interface FloorView {
  agents: FloorAgent[];
  calls: FloorCall[];
  waiting: { caller_id: string; queue: string; since: string }[];
  queues: { queue: string; agents: Record<string, number>; waiting: number; longest_wait_s: number | null }[];
}

export interface AgentTimes {
  agent: string;
  ready_s: number;
  on_call_s: number;
  inbound_s: number;
  wrap_up_s: number;
  paused_s: number;
  reserved_s: number;
  preview_s: number;
  connected: number;
  talk_s: number;
}
