// Saved views of the campaigns' table: filters applied once or kept under a name, one of them the default.
// Not here: what a filter matches (lines.ts).
import { useState } from "preact/hooks";

import { at, post, send } from "../api/client";
import { MODES, STATES, type SavedView, type ViewSpec } from "../api/documents";
import { Button } from "../parts/button";
import { ask, Dialog, FormDialog } from "../parts/dialog";
import { Check, ManyField, TextField } from "../parts/field";
import { Menu } from "../parts/menu";
import { tell } from "../parts/toast";
import { t } from "../texts";
import { NO_FILTER } from "./lines";

export const VIEW_NAME_MAX = 20;

interface ViewsProps {
  views: readonly SavedView[];
  now: ViewSpec;
  named: string | null;
  onApply: (spec: ViewSpec, name: string | null) => void;
  onChanged: () => void;
}

type Editing = { spec: ViewSpec; name: string | null };

export function Views({ views, now, named, onApply, onChanged }: ViewsProps) {
  const [editing, setEditing] = useState<Editing | null>(null);
  const [isManaging, setManaging] = useState(false);
  const active = now.states.length + now.priorities.length + now.modes.length;
  return (
    <div class="row">
      <select class="view-select" aria-label={t.views.label} value={named ?? ""} style={{ width: "auto", maxWidth: "220px" }}
        onChange={(event) => {
          const chosen = views.find((each) => each.view === event.currentTarget.value);
          onApply(chosen ? chosen.spec : NO_FILTER, chosen?.view ?? null);
        }}>
        <option value="">{t.views.all}</option>
        {views.map((each) => <option key={each.view} value={each.view}>{each.view}{each.is_default ? ` (${t.views.defaultMark})` : ""}</option>)}
      </select>
      <Button onClick={() => setEditing({ spec: now, name: null })} pressed={active > 0}>{t.views.filter}{active ? ` · ${active}` : ""}</Button>
      <Menu label={t.views.manage} choices={[
        { label: t.views.manage, act: () => setManaging(true) },
        { label: t.views.clear, act: () => onApply(NO_FILTER, null) },
      ]} />
      {editing && <EditView {...editing} onApply={onApply} onChanged={onChanged} onClose={() => setEditing(null)} />}
      {isManaging && (
        <Dialog title={t.views.manage} onClose={() => setManaging(false)}>
          {!views.length && <p class="muted">{t.views.none}</p>}
          {views.map((each) => (
            <div class="row" key={each.view}>
              <Button kind="ghost" onClick={() => (onApply(each.spec, each.view), setManaging(false))}>{each.view}</Button>
              {each.is_default && <span class="badge accent">{t.views.defaultMark}</span>}
              <span style={{ flex: 1 }} />
              <ManageView view={each} views={views} onEdit={() => (setManaging(false), setEditing({ spec: each.spec, name: each.view }))} onChanged={onChanged} />
            </div>
          ))}
          <div class="acts"><Button onClick={() => setManaging(false)}>{t.close}</Button></div>
        </Dialog>
      )}
    </div>
  );
}

function ManageView({ view, views, onEdit, onChanged }: { view: SavedView; views: readonly SavedView[]; onEdit: () => void; onChanged: () => void }) {
  const [isNaming, setNaming] = useState(false);
  const [name, setName] = useState(freeName(view.view, views));
  const remove = async () => {
    await send("DELETE", at`/views/${view.view}`);
    onChanged();
  };
  return (
    <>
      <Menu label={`${t.actions}: ${view.view}`} choices={[
        { label: t.views.duplicate, act: () => setNaming(true) },
        {
          label: view.is_default ? t.views.unmark : t.views.mark,
          act: async () => {
            await post(at`/views/${view.view}/default`, { on: !view.is_default });
            onChanged();
          },
        },
        { label: t.views.edit, act: onEdit },
        { label: t.views.delete, isDanger: true, act: () => ask({ title: t.views.deleteAsk(view.view), text: t.views.deleteText, yes: t.delete, isDanger: true, act: remove }) },
      ]} />
      {isNaming && (
        <FormDialog title={t.views.duplicate} submit={t.save} canSubmit={!!name.trim()} onClose={() => setNaming(false)}
          onSubmit={async () => {
            await post(at`/views/${view.view}/duplicate`, { new_name: name });
            tell(t.views.saved(name));
            onChanged();
          }}>
          <TextField label={t.views.name} value={name} onInput={setName} maxLength={VIEW_NAME_MAX} hint={t.views.nameHint} autoFocus />
        </FormDialog>
      )}
    </>
  );
}

/** A name that no view has yet, of 20 characters at most. */
export function freeName(name: string, views: readonly { view: string }[]): string {
  for (let n = 2; ; n++) {
    const next = `${name.slice(0, VIEW_NAME_MAX - String(n).length - 1)} ${n}`;
    if (!views.some((each) => each.view === next)) return next;
  }
}

function EditView({ spec, name, onApply, onChanged, onClose }: Editing & { onApply: ViewsProps["onApply"]; onChanged: () => void; onClose: () => void }) {
  const [draft, setDraft] = useState(spec);
  const [isNaming, setNaming] = useState(false);
  const [called, setCalled] = useState(name ?? "");
  const [isDefault, setDefault] = useState(false);
  const save = async () => {
    await send("PUT", at`/views/${called}`, { body: { spec: draft } });
    if (isDefault) await post(at`/views/${called}/default`, { on: true });
    tell(t.views.saved(called));
    onChanged();
    onApply(draft, called);
  };
  if (isNaming) {
    return (
      <FormDialog title={t.views.saveApply} submit={t.views.saveApply} canSubmit={!!called.trim()} onSubmit={save} onClose={onClose}>
        <TextField label={t.views.name} value={called} onInput={setCalled} maxLength={VIEW_NAME_MAX} hint={t.views.nameHint} autoFocus />
        <Check label={t.views.isDefault} value={isDefault} onInput={setDefault} />
      </FormDialog>
    );
  }
  return (
    <Dialog title={name ? `${t.views.edit}: ${name}` : t.views.filter} onClose={onClose}>
      <ManyField label={t.views.status} values={draft.states} options={STATES} labels={(each) => t.campaignStates[each] ?? each} onInput={(states) => setDraft({ ...draft, states })} />
      <ManyField label={t.views.priority} values={draft.priorities.map(String)} options={["5", "4", "3", "2", "1"]} onInput={(values) => setDraft({ ...draft, priorities: values.map(Number) })} />
      <ManyField label={t.views.mode} values={draft.modes} options={MODES} labels={(each) => t.modes[each] ?? each} onInput={(modes) => setDraft({ ...draft, modes })} />
      <div class="acts">
        <Button kind="ghost" onClick={() => setDraft({ ...NO_FILTER, sort: draft.sort })}>{t.views.clear}</Button>
        <Button onClick={() => setNaming(true)}>{t.views.saveApply}</Button>
        <Button kind="primary" onClick={() => (onApply(draft, null), onClose())}>{t.views.apply}</Button>
      </div>
    </Dialog>
  );
}
