// The table of campaigns: live, filtered by views, with what can be done to each.
import { useEffect, useState } from "preact/hooks";

import { at } from "../api/client";
import type { CampaignRow, SavedView, ViewSpec } from "../api/documents";
import { useList } from "../api/resource";
import { Ago, count, dayTime } from "../format";
import { useKeys } from "../keys";
import { useLive } from "../live/socket";
import { CampaignBadge } from "../parts/badge";
import { Button } from "../parts/button";
import { Empty, Loaded } from "../parts/problem";
import { Table, type Column } from "../parts/table";
import { go, Link } from "../router";
import { t } from "../texts";
import { MoreActs, RunButtons } from "./acts";
import { brought, NO_FILTER, shown } from "./lines";
import { Views } from "./views";

const LIVE_LOOK_S = 15; // what is live comes by itself; names, lists and dates by looking
const LOOK_S = 5;

export function Progress({ done, targets }: { done: number; targets: number }) {
  if (!targets) return <span class="muted">–</span>;
  return (
    <span class="progress">
      <progress max={targets} value={done} aria-label={t.campaigns.progress} />
      <span title={t.campaigns.of(count(done), count(targets))}>{Math.floor((100 * done) / targets)} %</span>
    </span>
  );
}

const CONNECTION = (row: CampaignRow): string => row.connection?.name ?? row.queue ?? row.flow ?? "";

const columns = (reload: () => void): Column<CampaignRow>[] => [
  {
    head: t.campaigns.name, sort: "campaign", kind: "name",
    cell: (row) => (
      <>
        <a href={at`/campaigns/${row.campaign}`} data-row-link onClick={(event) => (event.preventDefault(), go(at`/campaigns/${row.campaign}`))}>{row.campaign}</a>
        <span class="sub">{t.modes[row.mode] ?? row.mode}</span>
      </>
    ),
  },
  { head: t.actions, kind: "fit", cell: (row) => <><RunButtons row={row} onDone={reload} /><MoreActs row={row} onDone={reload} /></> },
  { head: t.campaigns.priority, sort: "priority", cell: (row) => row.priority },
  {
    head: t.campaigns.status, kind: "fit",
    cell: (row) => (
      <>
        <CampaignBadge state={row.state} />
        {row.state === "scheduled" && row.next_start_at && <span class="sub">{t.campaigns.starts(dayTime(row.next_start_at))}</span>}
      </>
    ),
  },
  { head: t.campaigns.progress, cell: (row) => <Progress done={row.done} targets={row.targets} /> },
  { head: t.campaigns.list, kind: "text", cell: (row) => row.lists.join(", ") },
  { head: t.campaigns.connection, cell: (row) => CONNECTION(row) || <span class="muted">–</span> },
  { head: t.campaigns.lastRun, sort: "last_run_at", kind: "fit", cell: (row) => <Ago at={row.last_run_at} /> },
  { head: t.campaigns.updated, sort: "updated_at", kind: "fit", cell: (row) => <Ago at={row.updated_at} /> },
];

export function CampaignsPage() {
  const { live, link } = useLive();
  const rows = useList<CampaignRow>("/campaigns", { limit: 1000 }, link === "up" ? LIVE_LOOK_S : LOOK_S);
  const views = useList<SavedView>("/views");
  const [view, setView] = useState<ViewSpec>(NO_FILTER);
  const [named, setNamed] = useState<string | null>(null);
  const [isChosen, setChosen] = useState(false);
  const [text, setText] = useState("");
  useKeys({ c: () => go("/campaigns/new") });
  useEffect(() => {
    const preset = views.value?.find((each) => each.is_default);
    if (isChosen || !preset) return;
    setView({ ...NO_FILTER, ...preset.spec });
    setNamed(preset.view);
  }, [views.value, isChosen]);
  const apply = (spec: ViewSpec, name: string | null) => {
    setChosen(true);
    setView({ ...NO_FILTER, ...spec });
    setNamed(name);
  };
  const sort = { by: view.sort.replace(/^-/, ""), isUp: !view.sort.startsWith("-") };
  return (
    <>
      <div class="head">
        <h1>{t.campaigns.title}</h1>
        <span class="grow" />
        <input type="search" class="search" data-search aria-label={t.campaigns.search} placeholder={t.campaigns.search} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <Views views={views.value ?? []} now={view} named={named} onApply={apply} onChanged={views.reload} />
        <Button kind="primary" icon="plus" onClick={() => go("/campaigns/new")}>{t.campaigns.create}</Button>
      </div>
      <Loaded of={rows}>
        {(all) => {
          const found = shown(brought(all, live.campaigns), view, text);
          return (
            <section class="panel flush">
              {!all.length ? (
                <Empty title={t.campaigns.empty} action={
                  <div class="row">
                    <Link to="/lists" class="button">{t.campaigns.upload}</Link>
                    <Link to="/campaigns/new" class="button primary">{t.campaigns.create}</Link>
                  </div>
                }>{t.campaigns.emptyText}</Empty>
              ) : !found.length ? (
                <Empty title={t.campaigns.noneMatch} action={<Button onClick={() => (apply(NO_FILTER, null), setText(""))}>{t.campaigns.clear}</Button>}>{t.campaigns.noneMatchText}</Empty>
              ) : (
                <Table label={t.campaigns.title} columns={columns(rows.reload)} rows={found} rowKey={(row) => row.campaign} sort={sort}
                  onSort={(next) => (setChosen(true), setView({ ...view, sort: `${next.isUp ? "" : "-"}${next.by}` }))} />
              )}
            </section>
          );
        }}
      </Loaded>
    </>
  );
}
