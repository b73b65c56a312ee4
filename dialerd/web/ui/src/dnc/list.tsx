// One do-not-call list: what it has, and the files that were sent for it.
// Not here: all lists, checking a number (page.tsx).
import { useState } from "preact/hooks";

import { send } from "../api/client";
import { useList } from "../api/resource";
import { at, type Item } from "../api/routes";
import { dayTime, fullTime, useNow } from "../format";
import { Imports, Upload } from "../lists/upload";
import { Button } from "../parts/button";
import { ask } from "../parts/dialog";
import { Empty, Loaded } from "../parts/problem";
import { Table } from "../parts/table";
import { Tabs } from "../parts/tabs";
import { tell } from "../parts/toast";
import { Link } from "../router";
import { t } from "../texts";
import { Change } from "./page";

const w = t.dnc;

type Entry = Item<"/dnc/{name}/numbers">;

export function DncListPage({ name }: { name: string }) {
  const [tab, setTab] = useState("entries");
  const [open, setOpen] = useState<"add" | "upload" | null>(null);
  const entries = useList(tab === "entries" ? at("/dnc/{name}/numbers", name) : null, { limit: 100 });
  const remove = ({ number }: Entry) => ask({
    title: w.removeOne(number), text: w.removeAsk, yes: w.removeOneYes, isDanger: true,
    act: async () => (await send("delete", at("/dnc/{name}/numbers", name), { body: { numbers: [number] } }), tell(w.removedOne), entries.reload()),
  });
  return (
    <>
      <div class="head">
        <Link to="/dnc" class="crumb">{w.title}</Link>
        <h1>{name}</h1>
        <span class="grow" />
        <Button icon="file" onClick={() => setOpen("upload")}>{w.upload}</Button>
        <Button kind="primary" icon="plus" onClick={() => setOpen("add")}>{w.add}</Button>
      </div>
      <Tabs label={name} now={tab} onChoose={setTab} tabs={[{ key: "entries", label: w.entries }, { key: "imports", label: t.lists.imports }]}>
        <section class="panel flush">
          {tab === "imports" ? <Imports of={{ noun: "dnc", name }} /> : (
            <Loaded of={entries}>
              {(all) => !all.length ? <Empty title={w.noEntries}>{w.noEntriesText}</Empty> : (
                <Table label={w.entries} rows={all} rowKey={(each) => each.number} more={entries.more} columns={[
                  { head: w.number, kind: "fit", cell: (each) => <span class="num">{each.number}</span> },
                  { head: w.source, kind: "text", cell: (each) => each.source || <span class="muted">–</span> },
                  { head: w.addedAt, kind: "fit", cell: (each) => <time dateTime={each.added_at} title={fullTime(each.added_at)}>{dayTime(each.added_at)}</time> },
                  { head: w.until, kind: "fit", cell: (each) => <Until at={each.expires_at} /> },
                  { head: "", kind: "acts", cell: (each) => <Button size="small" kind="ghost" icon="close" label={w.removeOne(each.number)} onClick={() => remove(each)} /> },
                ]} />
              )}
            </Loaded>
          )}
        </section>
      </Tabs>
      {open === "add" && <Change what="add" list={name} onDone={entries.reload} onClose={() => setOpen(null)} />}
      {open === "upload" && <Upload of={{ noun: "dnc", name }} onDone={entries.reload} onClose={() => setOpen(null)} />}
    </>
  );
}

/** When an entry ends; one that has ended is obeyed no more, and says so. */
function Until({ at }: { at: string | null }) {
  const now = useNow();
  if (at === null) return <span class="muted">{w.forEver}</span>;
  return <time dateTime={at} title={fullTime(at)}>{dayTime(at)}{Date.parse(at) < now && <span class="sub">{w.expired}</span>}</time>;
}
