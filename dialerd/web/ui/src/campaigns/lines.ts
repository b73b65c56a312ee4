// The campaigns' table as data: what is live put over what was listed, filtered and sorted. Pure.
// Not here: how it looks (table.tsx), how views are kept (views.tsx).
import type { CampaignRow, CampaignState, CampaignStatus, ViewSpec } from "../api/documents";

export const NO_FILTER: ViewSpec = { states: [], priorities: [], modes: [], sort: "-last_run_at" };

/** The rows with what has come live since they were listed. */
export function brought(rows: readonly CampaignRow[], live: ReadonlyMap<string, CampaignStatus>): CampaignRow[] {
  return rows.map((row) => {
    const now = live.get(row.campaign);
    if (!now) return row;
    const hasMoved = now.state !== row.state;
    return {
      ...row, state: now.state, run: now.run, targets: now.targets, done: now.done, in_progress: now.in_progress,
      last_run_at: now.started_at ?? row.last_run_at, next_start_at: now.next_start_at,
      ...(hasMoved ? { actions: undefined } : {}),
    } as CampaignRow;
  });
}

const matches = (row: CampaignRow, view: ViewSpec, text: string): boolean =>
  (!view.states.length || view.states.includes(row.state)) &&
  (!view.priorities.length || view.priorities.includes(row.priority)) &&
  (!view.modes.length || view.modes.includes(row.mode)) &&
  (!text || `${row.campaign} ${row.description} ${row.lists.join(" ")}`.toLowerCase().includes(text.toLowerCase()));

const KEYS: Record<string, (row: CampaignRow) => string | number> = {
  last_run_at: (row) => row.last_run_at ?? "",
  updated_at: (row) => row.updated_at ?? "",
  priority: (row) => row.priority,
  campaign: (row) => row.campaign,
  state: (row) => row.state,
  mode: (row) => row.mode,
};

/** What a view shows, in its order; alike ones by name, so that a table at rest does not move. */
export function shown(rows: readonly CampaignRow[], view: ViewSpec, text = ""): CampaignRow[] {
  const isDown = view.sort.startsWith("-");
  const key = KEYS[view.sort.replace(/^-/, "")] ?? KEYS.last_run_at!;
  return rows.filter((row) => matches(row, view, text)).sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    const order = left < right ? -1 : left > right ? 1 : 0;
    return (isDown ? -order : order) || a.campaign.localeCompare(b.campaign);
  });
}

const ACTIONS: Record<CampaignState, readonly string[]> = {
  draft: ["edit", "clone", "delete"],
  ready: ["run", "edit", "clone", "delete"],
  scheduled: ["edit", "clone", "delete"],
  active: ["pause", "stop", "clone"],
  paused: ["resume", "stop", "edit", "clone"],
  stopping: ["clone"],
  completed: ["rerun", "edit", "clone", "delete"],
  stopped: ["rerun", "edit", "clone", "delete"],
};

/** What may be done to a campaign now: as the server says, else by its state. */
export const actionsOf = (row: { state: CampaignState; actions?: readonly string[] }): readonly string[] =>
  row.actions ?? ACTIONS[row.state] ?? [];
