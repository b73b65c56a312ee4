// Callbacks: what was promised for when, to whom, and what it waits for.
import { useState } from "preact/hooks";

import { post, send } from "../api/client";
import type { Callback } from "../api/documents";
import { useList } from "../api/resource";
import { at } from "../api/routes";
import { useAgentNames, useCampaignNames } from "../campaigns/form/offers";
import { fullTime, wallTime, withTimes } from "../format";
import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { ask } from "../parts/dialog";
import { Menu } from "../parts/menu";
import { Empty, Loaded, NoMatch } from "../parts/problem";
import { Search } from "../parts/search";
import { Table } from "../parts/table";
import { tell } from "../parts/toast";
import { here, Link } from "../router";
import { t } from "../texts";
import { MoveCallback, NewCallback } from "./callbackforms";

const w = t.callbacks;
const LOOK_S = 10;
const OVER = ["done", "cancelled", "expired"] as const;
const isOverNow = (state: string): boolean => OVER.some((each) => each === state);
const TONE: Record<string, "good" | "warn" | "accent" | ""> = { scheduled: "accent", due: "warn", in_progress: "good" };

export function CallbacksPage() {
  const [isOver, setOver] = useState(false);
  const [text, setText] = useState("");
  const [moved, setMoved] = useState<Callback | null>(null);
  const [isMaking, setMaking] = useState(false);
  const found = useList(at("/callbacks"), isOver ? { state: [...OVER] } : {}, LOOK_S, !!text);
  const campaigns = useCampaignNames(isMaking);
  const agents = useAgentNames(isMaking);
  const acts = (each: Callback) => [
    { label: w.now, act: async () => (await post(at("/callbacks/{callback_id}/now", each.callback)), tell(w.isNow), found.reload()) },
    { label: w.move, act: () => setMoved(each) },
    {
      label: w.cancel, isDanger: true,
      act: () => ask({ title: w.cancelAsk, text: w.cancelText, yes: w.cancel, isDanger: true, act: async () => (await send("delete", at("/callbacks/{callback_id}", each.callback)), tell(w.cancelled), found.reload()) }),
    },
  ];
  return (
    <>
      <div class="head">
        <h1>{w.title}</h1>
        <span class="grow" />
        <Search label={w.search} text={text} onInput={setText} />
        <Button pressed={!isOver} onClick={() => setOver(false)}>{w.open}</Button>
        <Button pressed={isOver} onClick={() => setOver(true)}>{w.over}</Button>
        <Button kind="primary" icon="plus" onClick={() => setMaking(true)}>{w.create}</Button>
      </div>
      <section class="panel flush">
        <Loaded of={found}>
          {(all) => {
            const rows = all.filter((each) => `${each.campaign} ${each.number} ${each.agent ?? ""} ${each.notes}`.toLowerCase().includes(text.toLowerCase()));
            if (!rows.length) return all.length ? <NoMatch onClear={() => setText("")} /> : <Empty title={isOver ? w.emptyOver : w.empty}>{isOver ? "" : w.emptyText}</Empty>;
            return (
              <Table label={w.title} rows={rows} rowKey={(each) => each.callback} more={found.more} columns={[
                { head: w.at, kind: "fit", cell: (each) => <time class="num" dateTime={each.time} title={fullTime(each.time)}>{wallTime(each.time)}<span class="sub">{each.zone}</span></time> },
                { head: t.state, kind: "fit", cell: (each) => <Badge tone={TONE[each.state] ?? ""}>{w.states[each.state] ?? each.state}</Badge> },
                { head: w.campaign, kind: "text", cell: (each) => <Link to={here`/campaigns/${each.campaign}`}>{each.campaign}</Link> },
                { head: w.number, kind: "fit", cell: (each) => <span class="num">{each.number}<span class="sub">{w.contactId(each.contact_id)}</span></span> },
                { head: w.agent, cell: (each) => each.agent ?? <span class="muted">{w.anybody}</span> },
                { head: w.notes, kind: "long", cell: (each) => <span class="clamp" title={each.notes}>{each.notes}</span> },
                { head: w.waits, kind: "long", cell: (each) => <span class="muted clamp" title={withTimes(each.why)}>{withTimes(each.why)}</span> },
                { head: "", kind: "acts", cell: (each) => !isOverNow(each.state) && <Menu label={`${t.actions}: ${each.number}`} choices={acts(each)} /> },
              ]} />
            );
          }}
        </Loaded>
      </section>
      {moved && <MoveCallback base="/callbacks" callback={moved} onDone={found.reload} onClose={() => setMoved(null)} />}
      {isMaking && <NewCallback campaigns={campaigns} agents={agents} onDone={found.reload} onClose={() => setMaking(false)} />}
    </>
  );
}
