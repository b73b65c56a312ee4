// The documents that the API gives and takes, as the pages use them.
// Not here: how they are asked for (client.ts). Field names are those of the CLI's --json.

export type Role = "admin" | "supervisor" | "agent";

export interface Session {
  user: string;
  role: Role;
  agent: string | null;
  queues: string[] | null;
  rights: string[];
  expires_at: string;
  /** Where the browser's phone finds Asterisk (wss://...); null: it is not set up. */
  phone_url?: string | null;
}

export type Mode = "agentless" | "progressive" | "preview" | "power" | "predictive";
export const MODES: readonly Mode[] = ["agentless", "progressive", "preview", "power", "predictive"];

export type CampaignState = "draft" | "ready" | "scheduled" | "active" | "paused" | "stopping" | "completed" | "stopped";
export const STATES: readonly CampaignState[] = [
  "draft", "ready", "scheduled", "active", "paused", "stopping", "completed", "stopped",
];

export interface CampaignRow {
  campaign: string;
  mode: Mode;
  priority: number;
  state: CampaignState;
  run: number | null;
  targets: number;
  done: number;
  lists: string[];
  trunk: string;
  queue: string | null;
  flow: string | null;
  description: string;
  last_run_at: string | null;
  updated_at: string | null;
  next_start_at: string | null;
  connection?: { kind: "queue" | "flow" | "sound" | "context" | "none"; name: string } | null;
  actions?: string[];
  left?: number;
  in_progress?: number;
  reason?: string;
}

export interface ViewSpec {
  states: string[];
  priorities: number[];
  modes: string[];
  sort: string;
  columns?: string[];
}

export interface SavedView {
  view: string;
  owner: string;
  shared: boolean;
  is_default: boolean;
  spec: ViewSpec;
}

export interface Hold {
  gate: string;
  reason: string;
  targets: number;
  until: string | null;
}

export interface CampaignStatus {
  campaign: string;
  run: number | null;
  state: CampaignState;
  mode: Mode;
  targets: number;
  pending: number;
  in_progress: number;
  done: number;
  attempts: number;
  calls_now: number;
  abandoned_rate: number;
  dispositions: Record<string, number>;
  started_at: string | null;
  finished_at: string | null;
  next_start_at: string | null;
  reason: string;
  held?: string;
  why?: Hold[];
  pacing?: Record<string, unknown> | null;
}

export interface Run {
  run: number;
  state: string;
  targets: number;
  pending: number;
  in_progress: number;
  done: number;
  attempts: number;
  started_at: string | null;
  finished_at: string | null;
  reason: string;
}

/** A campaign's definition: the table of its TOML file. */
export type Definition = Record<string, unknown> & { name: string };

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

export interface Callback {
  callback: number;
  campaign: string;
  run: number | null;
  contact_id: number;
  number: string | null;
  state: string;
  time: string;
  asked_for: string;
  zone: string | null;
  why: string;
  agent: string | null;
  notes: string;
  tries: number;
}

export interface ContactList {
  list: string;
  region: string | null;
  contacts: number;
  created_at: string;
  drop?: unknown;
  imports?: Import[];
}

export interface Contact {
  contact_id: number;
  list: string;
  numbers: string[];
  attributes: Record<string, unknown>;
  zone: string | null;
  priority: number;
}

export interface Import {
  id: string;
  file: string;
  state: "waiting" | "running" | "done" | "failed";
  trouble: string;
  size: number;
  position: number;
  line: number;
  added: number;
  already_there: number;
  doubled: number;
  on_dnc: number;
  rejected: number;
  started_at: string;
  updated_at: string;
  rejected_rows?: { line: number; column: string; value: string; reason: string }[];
}

export interface DncList {
  list: string;
  entries: number;
}

export interface Queue {
  queue?: string;
  name?: string;
  agents: string[];
  [key: string]: unknown;
}

export interface User {
  user: string;
  role: Role;
  agent: string | null;
  queues: string[] | null;
  is_disabled: boolean;
  created_at: string;
  last_signed_in_at: string | null;
}

export interface Token {
  name: string;
  user: string;
  role?: Role;
  token?: string;
  created_at: string;
  expires_at: string | null;
}

export interface AuditRow {
  id: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  detail: unknown;
}

export interface FilterTest {
  filter: string | null;
  contacts: number;
  kept: number;
  conditions: { condition: string; removes: number; only_it_removes: number }[];
  sample: unknown[];
  warnings: string[];
}

export interface Dispositions {
  campaign: string;
  run: number;
  targets: number;
  dispositions: { disposition: string; attempts: number; positive: boolean; final: boolean; custom: boolean }[];
  conversion: number;
}

export interface Meter {
  rule: string;
  abandoned: number;
  live_answers: number;
  rate: number;
  cap: number;
  since: string;
}

export interface Abandonment {
  rule: string;
  rate: number;
  cap: number | null;
  points: { at: string; live: number; abandoned: number; rate: number }[];
}

export interface Explained {
  campaign: string;
  contact_id: number;
  number: string;
  target_state: string | null;
  attempts_spent: number;
  held_by: string | null;
  until: string | null;
  closed: { name: string; reason: string; until: string | null; is_final: boolean }[];
}

export interface Timeline {
  contact_id: number;
  campaign: string;
  run: number | null;
  state: string | null;
  moments: { at: string | null; what: string; text: string; attempt_id: string | null }[];
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

export interface ReportRow {
  key: string;
  attempts: number;
  answered: number;
  live: number;
  connected: number;
  abandoned: number;
  abandoned_rate: number;
  positive: number;
  duration_s: number;
  talk_s: number;
  mean_talk_s: number | null;
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
