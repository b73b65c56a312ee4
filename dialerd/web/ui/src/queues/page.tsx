// Queues: who takes a campaign's calls; making, changing and deleting them.
// Not here: the form of one (form.tsx), who waits in it now (floor/).
import { useState } from "preact/hooks";

import { send } from "../api/client";
import { useList } from "../api/resource";
import { at, type Item } from "../api/routes";
import { count } from "../format";
import { Button } from "../parts/button";
import { ask } from "../parts/dialog";
import { Menu } from "../parts/menu";
import { Empty, Loaded, NoMatch } from "../parts/problem";
import { Table } from "../parts/table";
import { tell } from "../parts/toast";
import { here, Link } from "../router";
import { t } from "../texts";
import { EditQueue } from "./form";

const w = t.queues;
const LOOK_S = 15;

type Queue = Item<"/queues">;

export function QueuesPage() {
  const queues = useList(at("/queues"), {}, LOOK_S);
  const [text, setText] = useState("");
  const [editing, setEditing] = useState<{ name: string | null } | null>(null);
  const isFound = (each: Queue): boolean => `${each.queue} ${each.description}`.toLowerCase().includes(text.toLowerCase());
  const remove = (name: string) => ask({
    title: w.deleteAsk(name), text: w.deleteText, yes: t.delete, isDanger: true,
    act: async () => (await send("delete", at("/queues/{name}", name)), tell(w.deleted(name)), queues.reload()),
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
        <Loaded of={queues}>
          {(all) => !all.length ? <Empty title={w.empty} action={<div class="row"><Link to="/floor" class="button">{t.floor.newAgent}</Link>{create}</div>}>{w.emptyText}</Empty> : !all.some(isFound) ? <NoMatch onClear={() => setText("")} /> : (
            <Table label={w.title} rows={all.filter(isFound)} rowKey={(each) => each.queue} columns={[
              { head: w.queue, kind: "name", cell: (each) => <><button type="button" class="as-link" data-row-link onClick={() => setEditing({ name: each.queue })}>{each.queue}</button><span class="sub">{each.description}</span></> },
              { head: w.kind, kind: "fit", cell: (each) => w.kinds[each.kind] ?? each.kind },
              { head: w.agents, kind: "num", cell: (each) => count(each.agents) },
              { head: w.loggedIn, kind: "num", cell: (each) => count(each.logged_in) },
              { head: w.ready, kind: "num", cell: (each) => count(each.ready) },
              { head: w.campaigns, kind: "text", cell: (each) => <span class="chips">{each.campaigns.map((name) => <Link key={name} to={here`/campaigns/${name}`}>{name}</Link>)}</span> },
              { head: "", kind: "acts", cell: (each) => <Menu label={`${t.actions}: ${each.queue}`} choices={[{ label: t.change, act: () => setEditing({ name: each.queue }) }, { label: t.delete, isDanger: true, act: () => remove(each.queue) }]} /> },
            ]} />
          )}
        </Loaded>
      </section>
      {editing && <EditQueue name={editing.name} onDone={queues.reload} onClose={() => setEditing(null)} />}
    </>
  );
}
