// Promising a callback from the console.
import { useState } from "preact/hooks";

import { post } from "../api/client";
import type { Call, CallbackWish } from "../api/documents";
import { at } from "../api/routes";
import { wallTime } from "../format";
import { FormDialog } from "../parts/dialog";
import { AreaField, Check, TextField } from "../parts/field";
import { tell } from "../parts/toast";
import { t } from "../texts";

const w = t.console;

export interface CallbackFields {
  at: string;
  number: string;
  notes: string;
  isMine: boolean;
}

export const NO_CALLBACK: CallbackFields = { at: "", number: "", notes: "", isMine: true };

export const wishOf = ({ at: time, number, notes, isMine }: CallbackFields): CallbackWish => ({
  at: time, mine: isMine, ...(number.trim() ? { number: number.trim() } : {}), ...(notes.trim() ? { notes: notes.trim() } : {}),
});

export function CallbackInputs({ fields, set }: { fields: CallbackFields; set: (fields: CallbackFields) => void }) {
  return (
    <>
      <TextField label={w.callbackAt} type="datetime-local" value={fields.at} hint={w.callbackAtHint} onInput={(at) => set({ ...fields, at })} required autoFocus />
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
    const made = await post(at("/me/callbacks"), { campaign: call.campaign, contact_id: call.contact_id, ...wishOf(fields) });
    tell(made ? w.callbackSetFor(`${wallTime(made.time)} ${made.zone}`) : w.callbackSet);
    onDone();
  };
  return (
    <FormDialog title={title ?? w.callbackTitle} submit={give ? t.save : w.callback} canSubmit={!!fields.at} onSubmit={promise} onClose={onClose}>
      <p class="num muted">{call.number}</p>
      <CallbackInputs fields={fields} set={setFields} />
    </FormDialog>
  );
}
