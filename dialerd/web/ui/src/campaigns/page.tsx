// The table of campaigns: live, filtered by views, with what can be done to each.
import { useState } from "preact/hooks";

import type { SavedView, ViewSpec } from "../api/documents";
import { useList } from "../api/resource";
import { at } from "../api/routes";
import { useLive } from "../live/socket";
import { Button } from "../parts/button";
import { Empty, Loaded } from "../parts/problem";
import { Search } from "../parts/search";
import { Table } from "../parts/table";
import { go, Link } from "../router";
import { t } from "../texts";
import { columnsOf } from "./columns";
import { brought, NO_FILTER, shown } from "./lines";
import { Views } from "./views";

const LIVE_LOOK_S = 15; // what is live comes by itself; names, lists and dates by looking
const LOOK_S = 5;

export function CampaignsPage({ user }: { user: string }) {
  const { live, link } = useLive();
  const rows = useList(at("/campaigns"), { limit: 1000 }, link === "up" ? LIVE_LOOK_S : LOOK_S);
  const views = useList(at("/views"));
  const [chosen, setChosen] = useState<{ spec: ViewSpec; saved: SavedView | null } | null>(null);
  const [text, setText] = useState("");
  // Taken as it comes, not by an effect: the table must not be seen without the view that it opens with.
  const preset = views.value?.find((each) => each.is_default);
  const view: ViewSpec = chosen?.spec ?? { ...NO_FILTER, ...preset?.spec };
  const named = chosen ? chosen.saved : (preset ?? null);
  const apply = (spec: ViewSpec, saved: SavedView | null) => setChosen({ spec, saved });
  const sort = { by: view.sort.replace(/^-/, ""), isUp: !view.sort.startsWith("-") };
  return (
    <>
      <div class="head">
        <h1>{t.campaigns.title}</h1>
        <span class="grow" />
        <Search label={t.campaigns.search} text={text} onInput={setText} />
        <div class="row tight"><Views views={views.value ?? []} user={user} now={view} named={named} onApply={apply} onChanged={views.reload} /></div>
        <Button kind="primary" icon="plus" onClick={() => go("/campaigns/new")}>{t.campaigns.create}</Button>
      </div>
      <Loaded of={views.isLoading ? { ...rows, value: null, problem: null, isLoading: true } : rows}>
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
                <Table label={t.campaigns.title} columns={columnsOf(view.columns, rows.reload)} rows={found} rowKey={(row) => row.campaign} sort={sort}
                  onSort={(next) => apply({ ...view, sort: `${next.isUp ? "" : "-"}${next.by}` }, named)} />
              )}
            </section>
          );
        }}
      </Loaded>
    </>
  );
}
