// The form of a set of outcomes: each with its words, whether it is a success, and what follows.
// Not here: all sets (page.tsx).
import { useState } from "preact/hooks";

import { getVersioned, send } from "../api/client";
import { useLoaded } from "../api/resource";
import { at, type Body } from "../api/routes";
import { Button } from "../parts/button";
import { Dialog, FormDialog } from "../parts/dialog";
import { Check, SelectField, TextField } from "../parts/field";
import { Loaded } from "../parts/problem";
import { tell } from "../parts/toast";
import { t } from "../texts";

const w = t.outcomes;

type Table = Body<"/dispositions/{name}", "put">;
type Outcome = Table["disposition"][number];
type Then = "nothing" | "retry" | "callback";

/** One outcome as its fields have it. `isOld`: it was there before, and its code is what results are kept under. `machine`:
 * it says that a machine had answered. */
export interface Row {
  text: string;
  code: string;
  positive: boolean;
  machine: boolean;
  then: Then;
  after: string;
  isOld: boolean;
}

const NEW: Row = { text: "", code: "", positive: false, machine: false, then: "nothing", after: "", isOld: false };

/** `Call me later!` as a code: `call_me_later`. */
export const codeOf = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+/, "").slice(0, 40).replace(/_+$/, "");

export function rowOf(outcome: Outcome): Row {
  const then: Then = outcome.callback ? "callback" : outcome.retry_after_min == null ? "nothing" : "retry";
  const after = then === "callback" ? outcome.callback_after_min : outcome.retry_after_min;
  return { text: outcome.text ?? "", code: outcome.code, positive: outcome.positive ?? false, machine: outcome.machine ?? false, then, after: after == null ? "" : String(after), isOld: true };
}

export function outcomeOf({ text, code, positive, machine, then, after }: Row): Outcome {
  const minutes = after.trim() === "" ? {} : { [then === "callback" ? "callback_after_min" : "retry_after_min"]: Number(after) };
  return { code: code || codeOf(text), ...(text.trim() ? { text: text.trim() } : {}), ...(positive ? { positive } : {}), ...(machine ? { machine } : {}), ...(then === "callback" ? { callback: true } : {}), ...(then === "nothing" ? {} : minutes) };
}

export function EditSet({ name, onDone, onClose }: { name: string | null; onDone: () => void; onClose: () => void }) {
  const found = useLoaded(`set ${name}`, async () => (name === null ? { value: { name: "", disposition: [] }, etag: null } : getVersioned(at("/dispositions/{name}", name))));
  if (!found.value) return <Dialog title={name === null ? w.create : w.editTitle(name)} onClose={onClose}><Loaded of={found}>{() => null}</Loaded></Dialog>;
  return <Form name={name} first={found.value.value as Table} etag={found.value.etag} onDone={onDone} onClose={onClose} />;
}

function Form({ name, first, etag, onDone, onClose }: { name: string | null; first: Table; etag: string | null; onDone: () => void; onClose: () => void }) {
  const [called, setCalled] = useState(first.name);
  const [description, setDescription] = useState(first.description ?? "");
  const [rows, setRows] = useState<Row[]>(name === null ? [{ ...NEW, positive: true }, NEW] : first.disposition.map(rowOf));
  const edit = (index: number, part: Partial<Row>) => setRows(rows.map((row, place) => (place === index ? { ...row, ...part } : row)));
  const move = (index: number, by: number) => {
    const next = [...rows];
    next.splice(index + by, 0, ...next.splice(index, 1));
    setRows(next);
  };
  const given = rows.filter((each) => each.text.trim() || each.code);
  const isLacking = given.some((each) => each.then === "retry" && !each.after.trim());
  const save = async () => {
    const set = called.trim();
    const body = { name: set, ...(description ? { description } : {}), disposition: given.map(outcomeOf) };
    const applied = await send("put", at("/dispositions/{name}", set), { ...(name === null ? { createOnly: true } : { ifMatch: etag }), body });
    tell(w.saved(set));
    for (const each of applied.warnings) tell(each);
    onDone();
  };
  return (
    <FormDialog title={name === null ? w.create : w.editTitle(name)} submit={name === null ? t.create : t.save} isWide canSubmit={!!called.trim() && given.length > 0 && !isLacking} onSubmit={save} onClose={onClose}>
      <div class="fields">
        {name === null && <TextField label={t.name} value={called} onInput={setCalled} hint={t.acts.nameHint} autoFocus maxLength={64} />}
        <TextField label={w.description} value={description} onInput={setDescription} />
      </div>
      {rows.map((row, index) => (
        <fieldset class="stack outcome" key={index}>
          <legend>{w.outcome(index + 1)}</legend>
          <div class="fields">
            <TextField label={w.text} value={row.text} onInput={(text) => edit(index, { text })} />
            <TextField label={w.code} value={row.code} placeholder={codeOf(row.text)} disabled={row.isOld} hint={index === 0 ? w.codeHint : undefined} maxLength={40} onInput={(code) => edit(index, { code })} />
            <SelectField label={w.then} value={row.then} options={Object.entries(w.thens).map(([value, label]) => ({ value, label }))} onInput={(then) => edit(index, { then: then as Then, after: "" })} />
            {row.then !== "nothing" && <TextField label={row.then === "retry" ? w.after : w.callbackAfter} hint={row.then === "callback" ? w.callbackAfterHint : undefined} type="number" min={0} value={row.after} onInput={(after) => edit(index, { after })} />}
          </div>
          <div class="row">
            <Check label={w.positive} value={row.positive} onInput={(positive) => edit(index, { positive })} />
            <Check label={w.machine} value={row.machine} onInput={(machine) => edit(index, { machine })} />
            <span class="grow" />
            <Button kind="ghost" size="small" icon="up" label={`${w.up}: ${w.outcome(index + 1)}`} disabled={index === 0} onClick={() => move(index, -1)} />
            <Button kind="ghost" size="small" icon="down" label={`${w.down}: ${w.outcome(index + 1)}`} disabled={index === rows.length - 1} onClick={() => move(index, 1)} />
            <Button kind="ghost" size="small" icon="close" label={`${w.remove}: ${w.outcome(index + 1)}`} disabled={rows.length === 1} onClick={() => setRows(rows.filter((_, place) => place !== index))} />
          </div>
        </fieldset>
      ))}
      <div class="row between"><Button size="small" icon="plus" onClick={() => setRows([...rows, NEW])}>{w.add}</Button><span class="muted">{w.keys}</span></div>
    </FormDialog>
  );
}
