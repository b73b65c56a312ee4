// Do-not-call lists: all of them, adding, removing, checking a number.
// Not here: what one has (list.tsx).
import { useState } from "preact/hooks";

import { get, post, send } from "../api/client";
import { useList } from "../api/resource";
import { at, type Item } from "../api/routes";
import { count, fullTime } from "../format";
import { Button } from "../parts/button";
import { ask, FormDialog } from "../parts/dialog";
import { AreaField, TextField } from "../parts/field";
import { Menu, type Choice } from "../parts/menu";
import { Loaded } from "../parts/problem";
import { Table } from "../parts/table";
import { tell } from "../parts/toast";
import { go, here, Link } from "../router";
import { t } from "../texts";
import { Upload } from "../lists/upload";

const w = t.dnc;
const GLOBAL = "global";

type Entry = Item<"/dnc-check">;

const linesOf = (text: string): string[] => text.split(/[\n,;]/).map((each) => each.trim()).filter(Boolean);

export function DncPage() {
  const lists = useList(at("/dnc"), {}, 15);
  const [open, setOpen] = useState<{ what: "add" | "remove" | "upload"; list: string } | { what: "create" } | null>(null);
  const acts = (list: string): Choice[] => [
    { label: w.add, act: () => setOpen({ what: "add", list }) },
    { label: w.upload, act: () => setOpen({ what: "upload", list }) },
    { label: w.remove, act: () => setOpen({ what: "remove", list }) },
    ...(list === GLOBAL ? [] : [{
      label: t.delete, isDanger: true,
      act: () => ask({ title: w.deleteAsk(list), text: w.deleteText, yes: t.delete, isDanger: true, act: async () => (await send("delete", at("/dnc/{name}", list)), lists.reload()) }),
    }]),
  ];
  return (
    <>
      <div class="head">
        <h1>{w.title}</h1>
        <span class="grow" />
        <Button onClick={() => setOpen({ what: "create" })} icon="plus">{w.create}</Button>
        <Button kind="primary" onClick={() => setOpen({ what: "add", list: GLOBAL })}>{w.add}</Button>
      </div>
      <p class="muted">{w.explain}</p>
      <Check />
      <section class="panel flush">
        <Loaded of={lists}>
          {(all) => (
            <Table label={w.lists} rows={all} rowKey={(each) => each.list} columns={[
              { head: w.lists, kind: "name", cell: (each) => <DncLink name={each.list} /> },
              { head: w.entries, kind: "num", cell: (each) => count(each.entries) },
              { head: "", kind: "acts", cell: (each) => <Menu label={`${t.actions}: ${each.list}`} choices={acts(each.list)} /> },
            ]} />
          )}
        </Loaded>
      </section>
      {open?.what === "create" && <Create onDone={lists.reload} onClose={() => setOpen(null)} />}
      {open?.what === "upload" && <Upload of={{ noun: "dnc", name: open.list }} onDone={lists.reload} onClose={() => setOpen(null)} />}
      {(open?.what === "add" || open?.what === "remove") && <Change what={open.what} list={open.list} onDone={lists.reload} onClose={() => setOpen(null)} />}
    </>
  );
}

function DncLink({ name }: { name: string }) {
  return <a href={here`/dnc/${name}`} data-row-link onClick={(event) => (event.preventDefault(), go(here`/dnc/${name}`))}>{name}</a>;
}

function Check() {
  const [number, setNumber] = useState("");
  const [found, setFound] = useState<Entry[] | null>(null);
  const check = async () => {
    setFound(await get(at("/dnc-check"), { number: number.trim() }));
  };
  return (
    <section class="panel">
      <header><h2>{w.check}</h2></header>
      <form class="row" onSubmit={(event) => event.preventDefault()}>
        <input type="tel" class="search" data-search aria-label={w.number} placeholder="+12125550100" value={number}
          onInput={(event) => (setNumber(event.currentTarget.value), setFound(null))} />
        <Button type="submit" disabled={!number.trim()} onClick={check}>{w.check}</Button>
      </form>
      {found && !found.length && <div class="note" role="status">{w.checkNone}</div>}
      {found && found.length > 0 && (
        <div class="note warn" role="status">
          {w.checkOn}
          {found.map((each) => <span class="hint" key={each.list}><Link to={here`/dnc/${each.list}`}>{each.list}</Link> {each.source && `· ${each.source}`} · {each.expires_at ? `${w.expires.toLowerCase()} ${fullTime(each.expires_at)}` : w.forEver}</span>)}
        </div>
      )}
    </section>
  );
}

function Create({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [name, setName] = useState("");
  return (
    <FormDialog title={w.create} submit={t.create} canSubmit={!!name} onClose={onClose} onSubmit={async () => (await post(at("/dnc"), { list: name }), onDone())}>
      <TextField label={t.name} value={name} onInput={setName} hint={t.acts.nameHint} autoFocus maxLength={64} />
    </FormDialog>
  );
}

export function Change({ what, list, onDone, onClose }: { what: "add" | "remove"; list: string; onDone: () => void; onClose: () => void }) {
  const [numbers, setNumbers] = useState("");
  const [source, setSource] = useState("");
  const [days, setDays] = useState("");
  const all = linesOf(numbers);
  const change = async () => {
    const path = at("/dnc/{name}/numbers", list);
    if (what === "add") {
      const told = await post(path, { numbers: all, ...(source ? { source } : {}), ...(days ? { days: Number(days) } : {}) });
      tell(w.added(count(told.added)));
    } else {
      const told = await send("delete", path, { body: { numbers: all } });
      tell(w.removed(count(told.removed)));
    }
    onDone();
  };
  return (
    <FormDialog title={`${what === "add" ? w.add : w.remove}: ${list}`} submit={what === "add" ? w.add : w.remove} isDanger={what === "remove"} canSubmit={all.length > 0} onSubmit={change} onClose={onClose}>
      <AreaField label={w.numbers} value={numbers} onInput={setNumbers} rows={4} hint={w.numbersHint} />
      {what === "add" ? (
        <>
          <TextField label={w.source} value={source} onInput={setSource} hint={w.sourceHint} />
          <TextField label={w.days} type="number" min={1} value={days} onInput={setDays} hint={w.daysHint} />
        </>
      ) : <p class="muted">{w.removeAsk}</p>}
    </FormDialog>
  );
}
