// States as a word with a colour; the word alone says it too.
import { t } from "../texts";

type Tone = "good" | "warn" | "bad" | "accent" | "";

const CAMPAIGN: Record<string, Tone> = {
  draft: "", ready: "accent", scheduled: "accent", active: "good", paused: "warn", stopping: "warn", completed: "", stopped: "",
};
const AGENT: Record<string, Tone> = {
  logged_out: "", ready: "good", reserved: "accent", preview: "accent", on_call: "accent", wrap_up: "warn", paused: "warn", inbound: "accent",
};

export const Badge = ({ tone = "", children }: { tone?: Tone; children: string }) => <span class={`badge ${tone}`}>{children}</span>;
export const CampaignBadge = ({ state }: { state: string }) => <Badge tone={CAMPAIGN[state] ?? ""}>{t.campaignStates[state] ?? state}</Badge>;
export const AgentBadge = ({ state }: { state: string }) => <Badge tone={AGENT[state] ?? ""}>{t.agentStates[state] ?? state}</Badge>;
