// Promising a callback from the console.
import { useState } from "preact/hooks";

import { post } from "../api/client";
import type { Call, CallbackWish } from "../api/documents";
import { at } from "../api/routes";
import { clockIn, wallTime } from "../format";
import { FormDialog } from "../parts/dialog";
import { AreaField, Check, SelectField, TextField } from "../parts/field";
import { tell } from "../parts/toast";
import { t } from "../texts";

const w = t.console;

export interface CallbackFields {
  at: string;
  /** Whose clock `at` is by, where the customer may be in several zones. */
  zone: string;
  number: string;
  notes: string;
  isMine: boolean;
}

export const NO_CALLBACK: CallbackFields = { at: "", zone: "", number: "", notes: "", isMine: true };

export const wishOf = ({ at: time, zone, number, notes, isMine }: CallbackFields): CallbackWish => ({
  at: time, mine: isMine, ...(zone && !number.trim() ? { zone } : {}), ...(number.trim() ? { number: number.trim() } : {}), ...(notes.trim() ? { notes: notes.trim() } : {}),
});

/** `zones`: where the customer may be at the number of the call; of another number that is typed, nothing is known here. */
export function CallbackInputs({ zones, fields, set }: { zones: readonly string[]; fields: CallbackFields; set: (fields: CallbackFields) => void }) {
  const [first, ...others] = fields.number.trim() ? [] : zones;
  return (
    <>
      <TextField label={w.callbackAt} type="datetime-local" value={fields.at} hint={first && !others.length ? w.callbackAtIn(first, clockIn(first)) : w.callbackAtHint}
        onInput={(at) => set({ ...fields, at })} required autoFocus />
      {others.length > 0 && (
        <SelectField label={w.callbackZone} value={fields.zone} none={w.callbackAnyZone} hint={w.callbackZoneHint} onInput={(zone) => set({ ...fields, zone })}
          options={zones.map((zone) => ({ value: zone, label: w.callbackZoneNow(zone, clockIn(zone)) }))} />
      )}
      <TextField label={w.callbackNumber} type="tel" value={fields.number} hint={w.callbackNumberHint} onInput={(number) => set({ ...fields, number })} />
      <Check label={w.callbackMine} value={fields.isMine} onInput={(isMine) => set({ ...fields, isMine })} />
      <AreaField label={w.callbackNotes} value={fields.notes} rows={2} onInput={(notes) => set({ ...fields, notes })} />
    </>
  );
}

interface CallbackFormProps {
  /** Whom it is promised; it may be over by now. */
  call: Call;
  title?: string;
  /** What gives it together with an outcome; else it is promised by itself. */
  give?: (fields: CallbackFields) => Promise<unknown>;
  onDone: () => void;
  onClose: () => void;
}

export function CallbackForm({ call, title, give, onDone, onClose }: CallbackFormProps) {
  const [fields, setFields] = useState(NO_CALLBACK);
  const promise = async () => {
    if (give) return void (await give(fields));
    const made = await post(at("/me/callbacks"), { campaign: call.campaign, contact_id: call.contact_id, number: call.number, ...wishOf(fields) });
    tell(made ? w.callbackSetFor(`${wallTime(made.time)} ${made.zone}`) : w.callbackSet);
    onDone();
  };
  return (
    <FormDialog title={title ?? w.callbackTitle} submit={give ? t.save : w.callback} canSubmit={!!fields.at} onSubmit={promise} onClose={onClose}>
      <p class="num muted">{call.number}</p>
      <CallbackInputs zones={call.zones} fields={fields} set={setFields} />
    </FormDialog>
  );
}
