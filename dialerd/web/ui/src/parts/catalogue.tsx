// A page of definitions by name: a head with search and a button for a new one, and a table whose rows open, change and delete.
// Not here: what a definition holds, its form (queues/, outcomes/).
import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

import type { Resource } from "../api/resource";
import { t } from "../texts";
import { Button } from "./button";
import { ask } from "./dialog";
import { Menu } from "./menu";
import { Empty, Loaded, NoMatch } from "./problem";
import { Search } from "./search";
import { Table, type Column } from "./table";
import { tell } from "./toast";

interface Texts {
  title: string;
  create: string;
  search: string;
  empty: string;
  emptyText: string;
  deleteAsk: (name: string) => string;
  deleteText: string;
  deleted: (name: string) => string;
}

interface CatalogueProps<T> {
  of: Resource<T[]>;
  texts: Texts;
  head: string;
  nameOf: (each: T) => string;
  /** What a search looks through beside the name. */
  words: (each: T) => string;
  /** Under the name. */
  sub: (each: T) => string;
  columns: readonly Column<T>[];
  remove: (name: string) => Promise<unknown>;
  /** What else can be done where there is none yet. */
  first?: ComponentChildren;
  /** The form of one, or of a new one (null). */
  form: (name: string | null, onClose: () => void) => ComponentChildren;
}

export function Catalogue<T>({ of, texts, head, nameOf, words, sub, columns, remove, first, form }: CatalogueProps<T>) {
  const [text, setText] = useState("");
  const [editing, setEditing] = useState<{ name: string | null } | null>(null);
  const isFound = (each: T): boolean => `${nameOf(each)} ${words(each)}`.toLowerCase().includes(text.toLowerCase());
  const edit = (each: T) => setEditing({ name: nameOf(each) });
  const askRemove = (name: string) => ask({
    title: texts.deleteAsk(name), text: texts.deleteText, yes: t.delete, isDanger: true,
    act: async () => (await remove(name), tell(texts.deleted(name)), of.reload()),
  });
  const create = <Button kind="primary" icon="plus" onClick={() => setEditing({ name: null })}>{texts.create}</Button>;
  const name: Column<T> = { head, kind: "name", cell: (each) => <><button type="button" class="as-link" data-row-link onClick={() => edit(each)}>{nameOf(each)}</button><span class="sub">{sub(each)}</span></> };
  const acts: Column<T> = { head: "", kind: "acts", cell: (each) => <Menu label={`${t.actions}: ${nameOf(each)}`} choices={[{ label: t.change, act: () => edit(each) }, { label: t.delete, isDanger: true, act: () => askRemove(nameOf(each)) }]} /> };
  return (
    <>
      <div class="head">
        <h1>{texts.title}</h1>
        <span class="grow" />
        <Search label={texts.search} text={text} onInput={setText} />
        {create}
      </div>
      <section class="panel flush">
        <Loaded of={of}>
          {(all) => !all.length ? <Empty title={texts.empty} action={<div class="row">{first}{create}</div>}>{texts.emptyText}</Empty>
            : !all.some(isFound) ? <NoMatch onClear={() => setText("")} />
            : <Table label={texts.title} rows={all.filter(isFound)} rowKey={nameOf} columns={[name, ...columns, acts]} />}
        </Loaded>
      </section>
      {editing && form(editing.name, () => setEditing(null))}
    </>
  );
}
