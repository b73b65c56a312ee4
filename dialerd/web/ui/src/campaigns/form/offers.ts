// What forms offer to choose from: campaigns, lists, trunks, queues, agents, flows, do-not-call lists, sets, packs.
import { useAll } from "../../api/resource";
import { at } from "../../api/routes";
import type { Draft } from "./draft";

export const useCampaignNames = (isWanted = true): string[] => useAll(isWanted ? at("/campaigns") : null).map((each) => each.campaign);
export const useAgentNames = (isWanted = true): string[] => useAll(isWanted ? at("/agents") : null).map((each) => each.agent);
export const useQueueNames = (everyS = 0): string[] => useAll(at("/queues"), everyS).map((each) => each.queue);

const LOOK_S = 10; // what is lacking may be made meanwhile, in another tab

export function useOffers() {
  return {
    lists: useAll(at("/lists"), LOOK_S).map((each) => each.list),
    trunks: useAll(at("/trunks")),
    dnc: useAll(at("/dnc")).map((each) => each.list).filter((each) => each !== "global"),
    queues: useQueueNames(LOOK_S),
    flows: useAll(at("/flows")).map((each) => each.flow),
    sets: useAll(at("/dispositions"), LOOK_S),
    strategies: useAll(at("/strategies")).map((each) => each.strategy),
    campaigns: useCampaignNames(),
    packs: useAll(at("/regulations")).map((each) => each.pack),
  };
}

export type Offers = ReturnType<typeof useOffers>;

export const SYSTEM_DISPOSITIONS = [
  "answered_human", "answering_machine", "fax", "busy", "no_answer", "invalid_number", "network_failure", "blocked", "rejected",
  "abandoned", "customer_hangup", "agent_hangup", "voicemail_left", "no_agent", "interrupted", "do_not_call", "screened", "failed", "cancelled",
] as const;

/** How attempts of the campaign can end: the system's ways, and the outcomes of its own set. */
export const codesOf = (draft: Draft, offers: Offers): string[] => [...SYSTEM_DISPOSITIONS, ...(offers.sets.find((each) => each.set === draft.dispositions)?.codes ?? [])];
