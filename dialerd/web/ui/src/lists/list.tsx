// One contact list: its contacts, its uploads, adding to it.
import { useState } from "preact/hooks";

import { onceKey, post } from "../api/client";
import type { Contact } from "../api/documents";
import { useDocument, useList } from "../api/resource";
import { at } from "../api/routes";
import { count } from "../format";
import { Button } from "../parts/button";
import { FormDialog } from "../parts/dialog";
import { AreaField, TextField } from "../parts/field";
import { Empty, Loaded } from "../parts/problem";
import { Table, type Column } from "../parts/table";
import { Tabs } from "../parts/tabs";
import { here, Link } from "../router";
import { t } from "../texts";
import { Imports, Upload } from "./upload";

const w = t.lists;

export function ContactTable({ contacts, withList, more }: { contacts: readonly Contact[]; withList?: boolean; more?: (() => void) | null }) {
  const keys = [...new Set(contacts.slice(0, 50).flatMap((each) => Object.keys(each.attributes)))].slice(0, 6);
  const columns: Column<Contact>[] = [
    { head: w.contact, kind: "num", cell: (each) => each.contact_id },
    ...(withList ? [{ head: w.name, cell: (each: Contact) => <Link to={here`/lists/${each.list}`}>{each.list}</Link> }] : []),
    { head: w.numbers, kind: "fit", cell: (each) => <span class="num">{each.numbers.map((number) => <div key={number}>{number}</div>)}</span> },
    ...keys.map((key): Column<Contact> => ({ head: key.replaceAll("_", " "), kind: "text", cell: (each) => String(each.attributes[key] ?? "") })),
    { head: w.zone, kind: "fit", cell: (each) => each.zone ?? <span class="muted">–</span> },
    { head: w.priority, kind: "num", cell: (each) => each.priority },
  ];
  return <Table label={w.contacts} rows={contacts} rowKey={(each) => each.contact_id} columns={columns} more={more ?? null} />;
}

export function ListPage({ name }: { name: string }) {
  const [tab, setTab] = useState("contacts");
  const [open, setOpen] = useState<"upload" | "add" | null>(null);
  const list = useDocument(at("/lists/{name}", name), {}, 10);
  const contacts = useList(tab === "contacts" ? at("/lists/{name}/contacts", name) : null, { limit: 100 });
  const refresh = () => (list.reload(), contacts.reload());
  return (
    <>
      <div class="head">
        <Link to="/lists" class="crumb">{w.title}</Link>
        <h1>{name}</h1>
        {list.value && <span class="muted num">{count(list.value.contacts)} {w.contacts.toLowerCase()}</span>}
        <span class="grow" />
        <Button icon="plus" onClick={() => setOpen("add")}>{w.addContact}</Button>
        <Button kind="primary" icon="file" onClick={() => setOpen("upload")}>{w.upload}</Button>
      </div>
      <Tabs label={name} now={tab} onChoose={setTab} tabs={[{ key: "contacts", label: w.contacts }, { key: "imports", label: w.imports }]}>
        <section class="panel flush">
          {tab === "contacts" ? (
            <Loaded of={contacts}>
              {(all) => all.length ? <ContactTable contacts={all} more={contacts.more} /> : (
                <Empty title={w.noContacts} action={<Button kind="primary" icon="file" onClick={() => setOpen("upload")}>{w.upload}</Button>}>{w.noContactsText}</Empty>
              )}
            </Loaded>
          ) : <Imports of={{ noun: "lists", name }} />}
        </section>
      </Tabs>
      {open === "upload" && <Upload of={{ noun: "lists", name }} onDone={refresh} onClose={() => setOpen(null)} />}
      {open === "add" && <AddContact list={name} onDone={refresh} onClose={() => setOpen(null)} />}
    </>
  );
}

/** `name = value` a line as attributes; a line without `=` is an attribute that is there and empty. */
export function attributesOf(text: string): Record<string, string> {
  const pairs = text.split("\n").map((line) => line.trim()).filter(Boolean).map((line): [string, string] => {
    const at = line.indexOf("=");
    return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs.filter(([key]) => key));
}

function AddContact({ list, onDone, onClose }: { list: string; onDone: () => void; onClose: () => void }) {
  const [numbers, setNumbers] = useState("");
  const [attributes, setAttributes] = useState("");
  const [zone, setZone] = useState("");
  const [once] = useState(onceKey);
  const add = async () => {
    const all = numbers.split("\n").map((each) => each.trim()).filter(Boolean);
    await post(at("/lists/{name}/contacts", list), { numbers: all, attributes: attributesOf(attributes), ...(zone ? { zone } : {}) }, { once });
    onDone();
  };
  return (
    <FormDialog title={w.addContact} submit={t.add} canSubmit={!!numbers.trim()} onSubmit={add} onClose={onClose}>
      <AreaField label={w.numbers} value={numbers} onInput={setNumbers} rows={2} hint={w.numbersHint} />
      <AreaField label={w.attributes} value={attributes} onInput={setAttributes} rows={3} hint={w.attributesHint} />
      <TextField label={w.zone} value={zone} onInput={setZone} placeholder="America/New_York" />
    </FormDialog>
  );
}
