// Sets of outcomes: what agents choose from after a call; making, changing and deleting them.
// Not here: the form of one (form.tsx), the system's own dispositions.
import { useState } from "preact/hooks";

import { send } from "../api/client";
import { useList } from "../api/resource";
import { at, type Item } from "../api/routes";
import { Button } from "../parts/button";
import { ask } from "../parts/dialog";
import { Menu } from "../parts/menu";
import { Empty, Loaded, NoMatch } from "../parts/problem";
import { Table } from "../parts/table";
import { tell } from "../parts/toast";
import { endingName, t } from "../texts";
import { EditSet } from "./form";

const w = t.outcomes;

type Listed = Item<"/dispositions">;

export function OutcomesPage() {
  const sets = useList(at("/dispositions"));
  const [text, setText] = useState("");
  const [editing, setEditing] = useState<{ name: string | null } | null>(null);
  const isFound = (each: Listed): boolean => `${each.set} ${each.description} ${each.codes.join(" ")}`.toLowerCase().includes(text.toLowerCase());
  const remove = (name: string) => ask({
    title: w.deleteAsk(name), text: w.deleteText, yes: t.delete, isDanger: true,
    act: async () => (await send("delete", at("/dispositions/{name}", name)), tell(w.deleted(name)), sets.reload()),
  });
  const create = <Button kind="primary" icon="plus" onClick={() => setEditing({ name: null })}>{w.create}</Button>;
  return (
    <>
      <div class="head">
        <h1>{w.title}</h1>
        <span class="grow" />
        <input type="search" class="search" data-search aria-label={w.search} placeholder={w.search} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        {create}
      </div>
      <section class="panel flush">
        <Loaded of={sets}>
          {(all) => !all.length ? <Empty title={w.empty} action={create}>{w.emptyText}</Empty> : !all.some(isFound) ? <NoMatch onClear={() => setText("")} /> : (
            <Table label={w.title} rows={all.filter(isFound)} rowKey={(each) => each.set} columns={[
              { head: w.set, kind: "name", cell: (each) => <><button type="button" class="as-link" data-row-link onClick={() => setEditing({ name: each.set })}>{each.set}</button><span class="sub">{each.description}</span></> },
              { head: w.outcomes, kind: "long", cell: (each) => <span class="chips">{each.codes.map((code) => <span class="chip" key={code}>{endingName(code)}</span>)}</span> },
              { head: "", kind: "acts", cell: (each) => <Menu label={`${t.actions}: ${each.set}`} choices={[{ label: t.change, act: () => setEditing({ name: each.set }) }, { label: t.delete, isDanger: true, act: () => remove(each.set) }]} /> },
            ]} />
          )}
        </Loaded>
      </section>
      {editing && <EditSet name={editing.name} onDone={sets.reload} onClose={() => setEditing(null)} />}
    </>
  );
}
