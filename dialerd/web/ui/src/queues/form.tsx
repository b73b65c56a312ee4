// The form of a queue, new or there: who serves it, how their phones are held, how long they wrap up.
// Not here: all queues (page.tsx).
import { useState } from "preact/hooks";

import { getVersioned, send } from "../api/client";
import { useLoaded } from "../api/resource";
import { at, type Body } from "../api/routes";
import { useAgentNames } from "../campaigns/form/offers";
import { DEFAULTS } from "../defaults";
import { Dialog, FormDialog } from "../parts/dialog";
import { ManyField, NumberField, PartsField, SelectField, TextField } from "../parts/field";
import { Loaded } from "../parts/problem";
import { tell } from "../parts/toast";
import { t } from "../texts";

const w = t.queues;

type Table = Body<"/queues/{name}", "put">;
type Kind = NonNullable<Table["kind"]>;

/** What only one kind of queue has; the other is refused with it. */
const ONLY_FOR: Record<Kind, readonly (keyof Table)[]> = {
  stasis: ["agents", "legs", "ring_s", "music", "pause_reasons", "blending"],
  app_queue: ["context", "extension"],
};

/** `table` without what is of the other kind, empty or left to its default. */
export function asSent(table: Table): Table {
  const foreign = ONLY_FOR[table.kind === "app_queue" ? "stasis" : "app_queue"];
  return Object.fromEntries(Object.entries(table).filter(([key, value]) => !foreign.includes(key as keyof Table) && value !== undefined && value !== "")) as Table;
}

export function EditQueue({ name, onDone, onClose }: { name: string | null; onDone: () => void; onClose: () => void }) {
  const found = useLoaded(`queue ${name}`, async () => (name === null ? { value: { name: "" }, etag: null } : getVersioned(at("/queues/{name}", name))));
  if (!found.value) return <Dialog title={name === null ? w.create : w.editTitle(name)} onClose={onClose}><Loaded of={found}>{() => null}</Loaded></Dialog>;
  return <Form name={name} first={found.value.value as Table} etag={found.value.etag} onDone={onDone} onClose={onClose} />;
}

function Form({ name, first, etag, onDone, onClose }: { name: string | null; first: Table; etag: string | null; onDone: () => void; onClose: () => void }) {
  const [table, setTable] = useState(first);
  const agents = useAgentNames();
  const kind = table.kind ?? "stasis";
  const set = (changes: Partial<Table>) => setTable({ ...table, ...changes });
  const save = async () => {
    const queue = table.name.trim();
    const version = name === null ? { createOnly: true } : { ifMatch: etag };
    const applied = await send("put", at("/queues/{name}", queue), { ...version, body: asSent({ ...table, name: queue }) });
    tell(applied.is_changed ? w.saved(queue) : w.unchanged);
    for (const each of applied.warnings) tell(each);
    onDone();
  };
  const number = (key: "wrap_up_s" | "ring_s" | "patience_s", label: string, most: number, hint?: string) => (
    <NumberField label={label} min={0} max={most} value={table[key]} placeholder={String(DEFAULTS.queue[key])} hint={hint} onInput={(value) => set({ [key]: value } as Partial<Table>)} />
  );
  return (
    <FormDialog title={name === null ? w.create : w.editTitle(name)} submit={name === null ? t.create : t.save} isWide canSubmit={!!table.name.trim()} onSubmit={save} onClose={onClose}>
      <div class="fields">
        {name === null && <TextField label={t.name} value={table.name} onInput={(next) => set({ name: next })} hint={t.acts.nameHint} autoFocus maxLength={64} />}
        <TextField label={w.description} value={table.description ?? ""} onInput={(description) => set({ description })} />
        <SelectField label={w.kind} value={kind} options={Object.entries(w.kinds).map(([value, label]) => ({ value, label }))} onInput={(next) => set({ kind: next as Kind })} />
      </div>
      {kind === "stasis" ? (
        <>
          <ManyField label={w.agents} values={table.agents ?? []} options={agents} none={w.noAgents} onInput={(next) => set({ agents: next })} />
          <div class="fields">
            <SelectField label={w.legs} value={table.legs ?? DEFAULTS.queue.legs} options={Object.entries(w.legsOf).map(([value, label]) => ({ value, label }))} onInput={(legs) => set({ legs: legs as Table["legs"] })} />
            {number("wrap_up_s", w.wrapUp, 3600)}
            {table.legs === "on_demand" && number("ring_s", w.ring, 120)}
            {number("patience_s", w.patience, 2, w.patienceHint)}
            <TextField label={w.music} value={table.music ?? ""} placeholder={DEFAULTS.queue.music} hint={w.musicHint} onInput={(music) => set({ music })} />
            <PartsField label={w.reasons} values={table.pause_reasons ?? []} hint={w.reasonsHint} onInput={(reasons) => set({ pause_reasons: reasons })} />
          </div>
          {table.blending && <p class="muted">{w.blending}</p>}
        </>
      ) : (
        <>
          <p class="muted">{w.theirs}</p>
          <div class="fields">
            <TextField label={w.context} value={table.context ?? ""} placeholder={DEFAULTS.queue.context} onInput={(context) => set({ context })} />
            <TextField label={w.extension} value={table.extension ?? ""} hint={w.extensionHint} onInput={(extension) => set({ extension })} />
            {number("wrap_up_s", w.wrapUp, 3600)}
            {number("patience_s", w.patience, 2, w.patienceHint)}
          </div>
        </>
      )}
    </FormDialog>
  );
}
