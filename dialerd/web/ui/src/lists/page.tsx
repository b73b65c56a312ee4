// Contact lists: all of them, making one, finding a number.
// Not here: one list (list.tsx), uploads (upload.tsx).
import { useState } from "preact/hooks";

import { post, send } from "../api/client";
import { useList } from "../api/resource";
import { at } from "../api/routes";
import { Ago, count } from "../format";
import { Button } from "../parts/button";
import { ask, FormDialog } from "../parts/dialog";
import { TextField } from "../parts/field";
import { Menu } from "../parts/menu";
import { Empty, Loaded, NoMatch } from "../parts/problem";
import { Search } from "../parts/search";
import { Table } from "../parts/table";
import { tell } from "../parts/toast";
import { go, here, Link } from "../router";
import { t } from "../texts";
import { ContactTable } from "./list";

const w = t.lists;

export function ListsPage() {
  const [text, setText] = useState("");
  const lists = useList(at("/lists"), {}, 15, !!text);
  const [isMaking, setMaking] = useState(false);
  const remove = (name: string) => ask({
    title: w.deleteAsk(name), text: w.deleteText, yes: t.delete, isDanger: true,
    act: async () => {
      await send("delete", at("/lists/{name}", name));
      tell(w.deleted(name));
      lists.reload();
    },
  });
  const isFound = ({ list }: { list: string }): boolean => list.toLowerCase().includes(text.toLowerCase());
  const create = <Button kind="primary" icon="plus" onClick={() => setMaking(true)}>{w.create}</Button>;
  return (
    <>
      <div class="head">
        <h1>{w.title}</h1>
        <span class="grow" />
        <Search label={w.search} text={text} onInput={setText} />
        {create}
      </div>
      <section class="panel flush">
        <Loaded of={lists}>
          {(all) => !all.length ? <Empty title={w.empty} action={create}>{w.emptyText}</Empty> : !all.some(isFound) ? <NoMatch onClear={() => setText("")} /> : (
            <Table label={w.title} rows={all.filter(isFound)} rowKey={(each) => each.list} more={lists.more} columns={[
              { head: w.name, kind: "name", cell: (each) => <a href={here`/lists/${each.list}`} data-row-link onClick={(event) => (event.preventDefault(), go(here`/lists/${each.list}`))}>{each.list}</a> },
              { head: w.contacts, kind: "num", cell: (each) => count(each.contacts) },
              { head: w.region, cell: (each) => each.region ?? <span class="muted">–</span> },
              { head: w.created, kind: "fit", cell: (each) => <Ago at={each.created_at} /> },
              { head: "", kind: "acts", cell: (each) => <Menu label={`${t.actions}: ${each.list}`} choices={[{ label: t.delete, isDanger: true, act: () => remove(each.list) }]} /> },
            ]} />
          )}
        </Loaded>
      </section>
      <Find />
      {isMaking && <NewList onClose={() => setMaking(false)} />}
    </>
  );
}

function NewList({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [region, setRegion] = useState("");
  const make = async () => {
    await post(at("/lists"), { list: name, ...(region ? { region: region.toUpperCase() } : {}) });
    tell(w.made(name));
    go(here`/lists/${name}`);
  };
  return (
    <FormDialog title={w.create} submit={t.create} canSubmit={!!name} onSubmit={make} onClose={onClose}>
      <TextField label={t.name} value={name} onInput={setName} hint={t.acts.nameHint} autoFocus maxLength={64} />
      <TextField label={w.region} value={region} onInput={setRegion} hint={w.regionHint} maxLength={2} />
    </FormDialog>
  );
}

function Find() {
  const [number, setNumber] = useState("");
  const [wanted, setWanted] = useState<string | null>(null);
  const found = useList(wanted ? "/contacts" : null, { number: wanted });
  return (
    <section class="panel">
      <header><h2>{w.find}</h2></header>
      <form class="row" onSubmit={(event) => (event.preventDefault(), setWanted(number.trim()))}>
        <input type="tel" class="search" aria-label={w.find} placeholder="+12125550100" value={number} onInput={(event) => setNumber(event.currentTarget.value)} />
        <Button type="submit" disabled={!number.trim()}>{t.search}</Button>
        <Link to="/dnc">{t.dnc.checkLink}</Link>
      </form>
      {wanted && <Loaded of={found}>{(all) => (all.length ? <ContactTable contacts={all} withList /> : <p class="muted">{w.findNone}</p>)}</Loaded>}
    </section>
  );
}
