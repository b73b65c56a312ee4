// Documents of who signs in, and what they did.
// Not here: how they are asked for (client.ts).

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
