// Documents of campaigns, their runs and what came of them.
// Not here: how they are asked for (client.ts).

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
