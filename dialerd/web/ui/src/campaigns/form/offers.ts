// What a campaign's form offers to choose from: lists, trunks, queues, flows, do-not-call lists, sets, packs.
import type { DncList } from "../../api/documents";
import { get, type Page } from "../../api/client";
import { useList, useLoaded } from "../../api/resource";

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

const MOST_PAGES = 50;

/** All of a list, page by page. */
async function everything<T>(path: string): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const told: Page<T> | T[] = await get<Page<T> | T[]>(path, { cursor });
    if (Array.isArray(told)) return told;
    all.push(...told.items);
    cursor = told.next;
    if (cursor === null) break;
  }
  return all;
}

/** The names of all that a list has. */
export const useNames = (path: string | null): string[] => (useLoaded(path, () => everything<Named>(path ?? "")).value ?? []).map(nameOf).filter(Boolean);

export function useOffers() {
  const trunks = useList<TrunkOffer>("/trunks").value ?? [];
  const dnc = (useList<DncList>("/dnc").value ?? []).map((each) => each.list).filter((each) => each !== "global");
  return {
    lists: useNames("/lists"),
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
