// Documents of contacts and their lists, do-not-call lists, callbacks.
// Not here: how they are asked for (client.ts).

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
