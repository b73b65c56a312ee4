// What a campaign's form offers to choose from: lists, trunks, queues, flows, do-not-call lists, sets, packs.
import type { ContactList, DncList } from "../../api/documents";
import { useList } from "../../api/resource";

export interface TrunkOffer {
  trunk?: string;
  name?: string;
  caller_ids: string[];
}

type Named = string | Record<string, unknown>;

/** A thing's name, whichever key its noun has it under. */
export function nameOf(each: Named): string {
  if (typeof each === "string") return each;
  for (const key of ["queue", "flow", "strategy", "set", "dispositions", "pack", "regulation", "list", "trunk", "campaign", "agent", "name"]) {
    if (typeof each[key] === "string") return each[key];
  }
  return "";
}

export const useNames = (path: string | null): string[] => (useList<Named>(path, { limit: 1000 }).value ?? []).map(nameOf).filter(Boolean);

export function useOffers() {
  const lists = useList<ContactList>("/lists", { limit: 1000 }).value ?? [];
  const trunks = useList<TrunkOffer>("/trunks").value ?? [];
  const dnc = (useList<DncList>("/dnc").value ?? []).map((each) => each.list).filter((each) => each !== "global");
  return {
    lists: lists.map((each) => each.list),
    trunks,
    dnc,
    queues: useNames("/queues"),
    flows: useNames("/flows"),
    sets: useNames("/dispositions"),
    packs: useNames("/regulations"),
    campaigns: useNames("/campaigns"),
  };
}

export type Offers = ReturnType<typeof useOffers>;

export const SYSTEM_DISPOSITIONS = [
  "answered_human", "answering_machine", "fax", "busy", "no_answer", "invalid_number", "network_failure", "blocked", "rejected",
  "abandoned", "customer_hangup", "agent_hangup", "voicemail_left", "no_agent", "interrupted", "screened", "failed", "cancelled",
] as const;
