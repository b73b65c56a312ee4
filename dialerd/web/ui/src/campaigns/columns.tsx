// The columns that the campaigns' table can have, by the names that views keep; those of a plain table first.
// Not here: which a view shows (views.tsx), what a row holds (lines.ts).
import type { CampaignRow } from "../api/documents";
import { Ago, count, dayTime, share } from "../format";
import { CampaignBadge } from "../parts/badge";
import type { Column } from "../parts/table";
import { go, here } from "../router";
import { t } from "../texts";
import { MoreActs, RunButtons } from "./acts";

const w = t.campaigns;

export const PLAIN_COLUMNS = ["campaign", "actions", "priority", "state", "progress", "lists", "connection", "last_run_at", "updated_at"] as const;
const OTHER_COLUMNS = [
  "mode", "targets", "done", "left", "in_progress", "attempts", "abandoned_rate", "positive", "agents", "trunk", "finished_at", "next_start_at", "reason",
] as const;
export const COLUMNS = [...PLAIN_COLUMNS, ...OTHER_COLUMNS] as const;
export type ColumnKey = (typeof COLUMNS)[number];

const dash = <span class="muted">–</span>;

export function Progress({ done, targets }: { done: number; targets: number }) {
  if (!targets) return dash;
  return (
    <span class="progress">
      <progress max={targets} value={done} aria-label={w.progress} />
      <span title={w.of(count(done), count(targets))}>{Math.floor((100 * done) / targets)} %</span>
    </span>
  );
}

function Connection({ row: { connection, strategy } }: { row: CampaignRow }) {
  const { kind, name } = connection;
  if (!name && !strategy) return dash;
  return <>{name || strategy}<span class="sub">{name ? (w.connections[kind] ?? kind) : w.connections.strategy}</span></>;
}

type Cell = Omit<Column<CampaignRow>, "head">;
const num = (key: "targets" | "done" | "left" | "in_progress" | "attempts" | "positive" | "agents"): Cell => ({ sort: key, kind: "num", cell: (row) => count(row[key]) });

const CELLS: Record<ColumnKey, (reload: () => void) => Cell> = {
  campaign: () => ({
    sort: "campaign", kind: "name",
    cell: (row) => (
      <>
        <a href={here`/campaigns/${row.campaign}`} data-row-link onClick={(event) => (event.preventDefault(), go(here`/campaigns/${row.campaign}`))}>{row.campaign}</a>
        <span class="sub">{t.modes[row.mode] ?? row.mode}</span>
      </>
    ),
  }),
  actions: (reload) => ({ kind: "fit", cell: (row) => <><RunButtons row={row} onDone={reload} /><MoreActs row={row} onDone={reload} /></> }),
  priority: () => ({ sort: "priority", cell: (row) => row.priority }),
  state: () => ({
    sort: "state", kind: "fit",
    cell: (row) => (
      <>
        <CampaignBadge state={row.state} />
        {row.state === "scheduled" && row.next_start_at && <span class="sub">{w.starts(dayTime(row.next_start_at))}</span>}
      </>
    ),
  }),
  progress: () => ({ sort: "progress", cell: (row) => <Progress done={row.done} targets={row.targets} /> }),
  lists: () => ({ kind: "text", cell: (row) => row.lists.join(", ") }),
  connection: () => ({ cell: (row) => <Connection row={row} /> }),
  last_run_at: () => ({ sort: "last_run_at", kind: "fit", cell: (row) => <Ago at={row.last_run_at} /> }),
  updated_at: () => ({ sort: "updated_at", kind: "fit", cell: (row) => <Ago at={row.updated_at} /> }),
  mode: () => ({ sort: "mode", cell: (row) => t.modes[row.mode] ?? row.mode }),
  targets: () => num("targets"),
  done: () => num("done"),
  left: () => num("left"),
  in_progress: () => num("in_progress"),
  attempts: () => num("attempts"),
  abandoned_rate: () => ({ sort: "abandoned_rate", kind: "num", cell: (row) => share(row.abandoned_rate, 2) }),
  positive: () => num("positive"),
  agents: () => num("agents"),
  trunk: () => ({ cell: (row) => row.trunk || dash }),
  finished_at: () => ({ sort: "finished_at", kind: "fit", cell: (row) => <Ago at={row.finished_at} /> }),
  next_start_at: () => ({ sort: "next_start_at", kind: "fit", cell: (row) => (row.next_start_at ? dayTime(row.next_start_at) : dash) }),
  reason: () => ({ kind: "text", cell: (row) => row.reason || dash }),
};

const isKey = (key: string): key is ColumnKey => COLUMNS.some((each) => each === key);

/** The columns that a view names, in its order; none named: those of a plain table. */
export function columnsOf(names: readonly string[], reload: () => void): Column<CampaignRow>[] {
  const shown: readonly ColumnKey[] = names.length ? names.filter(isKey) : PLAIN_COLUMNS;
  return shown.map((key) => ({ head: w.columns[key], ...CELLS[key](reload) }));
}
