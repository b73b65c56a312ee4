// The campaigns' table as data: what is live put over what was listed, filtered and sorted. Pure.
// Not here: how it looks (columns.tsx, page.tsx), how views are kept (views.tsx).
import type { CampaignRow, CampaignStatus, ViewSpec } from "../api/documents";

export const NO_FILTER: ViewSpec = { columns: [], states: [], priorities: [], modes: [], sort: "-last_run_at" };

/** The rows with what has come live since they were listed. */
export function brought(rows: readonly CampaignRow[], live: ReadonlyMap<string, CampaignStatus>): CampaignRow[] {
  return rows.map((row) => {
    const now = live.get(row.campaign);
    if (!now) return row;
    return {
      ...row, state: now.state, actions: now.actions, run: now.run, targets: now.targets, done: now.done, left: now.pending, in_progress: now.in_progress,
      progress: now.targets ? now.done / now.targets : 0, attempts: now.attempts, abandoned_rate: now.abandoned_rate, reason: now.held || now.reason,
      last_run_at: now.started_at ?? row.last_run_at, finished_at: now.finished_at, next_start_at: now.next_start_at,
    };
  });
}

const matches = (row: CampaignRow, view: ViewSpec, text: string): boolean =>
  (!view.states.length || view.states.includes(row.state)) &&
  (!view.priorities.length || view.priorities.includes(row.priority)) &&
  (!view.modes.length || view.modes.includes(row.mode)) &&
  (!text || `${row.campaign} ${row.description} ${row.lists.join(" ")}`.toLowerCase().includes(text.toLowerCase()));

const SORTS = [
  "campaign", "mode", "priority", "state", "progress", "targets", "done", "left", "in_progress", "attempts", "abandoned_rate", "positive", "agents",
  "last_run_at", "finished_at", "next_start_at", "updated_at",
] as const;

/** What a view shows, in its order; who has no value there comes last, alike ones by name, so that a table at rest does not move. */
export function shown(rows: readonly CampaignRow[], view: ViewSpec, text = ""): CampaignRow[] {
  const isDown = view.sort.startsWith("-");
  const key = SORTS.find((each) => each === view.sort.replace(/^-/, "")) ?? "last_run_at";
  return rows.filter((row) => matches(row, view, text)).sort((a, b) => {
    const [left, right] = [a[key], b[key]];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || a.campaign.localeCompare(b.campaign);
    const order = left < right ? -1 : left > right ? 1 : 0;
    return (isDown ? -order : order) || a.campaign.localeCompare(b.campaign);
  });
}
