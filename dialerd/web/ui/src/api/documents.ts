// The documents that the API gives, under the names that the pages use; their fields are the API's own (routes.ts).
// Not here: how they are asked for (client.ts).
import type { Answer, Body, Item, Schemas } from "./routes";

export type Session = Answer<"/session">;
export type Role = "admin" | "supervisor" | "agent";
export type User = Item<"/users">;
export type Token = Item<"/tokens">;
export type AuditRow = Item<"/audit">;

export type Mode = Schemas["Mode"];
export const MODES: readonly Mode[] = ["agentless", "progressive", "preview", "power", "predictive"];
export const STATES = ["draft", "ready", "scheduled", "active", "paused", "stopping", "completed", "stopped"] as const;
export type CampaignState = (typeof STATES)[number];
export type CampaignRow = Item<"/campaigns">;
/** As it is asked for, and as it comes live. */
export type CampaignStatus = Answer<"/campaigns/{name}/status">;
/** A campaign's definition: the keys of its TOML file. */
export type Key = keyof Body<"/campaigns/{name}", "put">;
export type Definition = Partial<Record<Key, unknown>> & { name: string };
export type FilterTest = Answer<"/lists/{name}/test-filter", "post">;
export type Dispositions = Answer<"/campaigns/{name}/dispositions">;
export type Meter = Item<"/campaigns/{name}/meters">;
export type ReportRow = Item<"/campaigns/{name}/hours">;
export type AgentTimes = Item<"/reports/agent-times">;

/** A saved view; what it shows is checked as it is saved, and comes back as it was. */
export type SavedView = Omit<Item<"/views">, "spec"> & { spec: Partial<ViewSpec> };
export interface ViewSpec {
  columns: string[];
  states: string[];
  priorities: number[];
  modes: string[];
  sort: string;
}

export type Callback = Item<"/callbacks">;
export type Contact = Item<"/lists/{name}/contacts">;
export type Import = Answer<"/lists/{name}/imports/{upload}">;

export type Agent = Item<"/agents">;
export type MyAgent = Answer<"/me/agent">;
export type Call = NonNullable<MyAgent["call"]>;
export type DispositionChoice = Call["dispositions"][number];
export type AgentPage = Answer<"/me/page">;
export type Card = NonNullable<AgentPage["card"]>;
export type Note = Card["notes"][number];
export type Preview = Answer<"/me/preview">;
export type FloorAgent = Answer<"/floor">["agents"][number];
export type CallbackWish = NonNullable<Body<"/me/disposition", "post">["callback"]>;
