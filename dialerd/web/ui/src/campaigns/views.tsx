// Saved views of the campaigns' table: filters and columns applied once or kept under a name, one of them the default.
// Not here: what a filter matches (lines.ts), what the columns are (columns.tsx).
import { useState } from "preact/hooks";

import { post, send } from "../api/client";
import { MODES, STATES, type SavedView, type ViewSpec } from "../api/documents";
import { at } from "../api/routes";
import { Button } from "../parts/button";
import { ask, Dialog, FormDialog } from "../parts/dialog";
import { Check, ManyField, TextField } from "../parts/field";
import { Menu, type Choice } from "../parts/menu";
import { tell } from "../parts/toast";
import { t } from "../texts";
import { COLUMNS, PLAIN_COLUMNS } from "./columns";
import { NO_FILTER } from "./lines";

const w = t.views;
export const VIEW_NAME_MAX = 20;

interface ViewsProps {
  views: readonly SavedView[];
  user: string;
  now: ViewSpec;
  named: SavedView | null;
  onApply: (spec: ViewSpec, view: SavedView | null) => void;
  onChanged: () => void;
}

/** Being edited: what a view shows, and the view that it is; null: one that has no name yet. */
type Editing = { spec: ViewSpec; view: SavedView | null };

/** A view as `value` of a select: a name may be there twice, one's own and one that somebody shares. */
export const viewKey = (view: { owner: string; view: string }): string => `${view.owner} ${view.view}`;

export function Views({ views, user, now, named, onApply, onChanged }: ViewsProps) {
  const [editing, setEditing] = useState<Editing | null>(null);
  const [isManaging, setManaging] = useState(false);
  const active = now.states.length + now.priorities.length + now.modes.length;
  return (
    <>
      <select class="view-select" aria-label={w.label} value={named ? viewKey(named) : ""}
        onChange={(event) => {
          const chosen = views.find((each) => viewKey(each) === event.currentTarget.value) ?? null;
          onApply({ ...NO_FILTER, ...chosen?.spec }, chosen);
        }}>
        <option value="">{w.all}</option>
        {views.map((each) => <option key={viewKey(each)} value={viewKey(each)}>{each.view}{each.owner === user ? "" : ` (${each.owner})`}</option>)}
      </select>
      <Button onClick={() => setEditing({ spec: now, view: named?.owner === user ? named : null })} pressed={active > 0}>{w.filter}{active ? ` · ${active}` : ""}</Button>
      <Menu label={w.manage} size="normal" choices={[
        { label: w.manage, act: () => setManaging(true) },
        { label: w.clear, act: () => onApply(NO_FILTER, null) },
      ]} />
      {editing && <EditView {...editing} views={views} user={user} onApply={onApply} onChanged={onChanged} onClose={() => setEditing(null)} />}
      {isManaging && (
        <Dialog title={w.manage} onClose={() => setManaging(false)}>
          {!views.length && <p class="muted">{w.none}</p>}
          {views.map((each) => (
            <div class="row between" key={viewKey(each)}>
              <button type="button" class="button ghost grow start" onClick={() => (onApply({ ...NO_FILTER, ...each.spec }, each), setManaging(false))}>{each.view}</button>
              {each.is_default && <span class="badge accent">{w.defaultMark}</span>}
              {each.owner !== user ? <span class="muted">{w.by(each.owner)}</span> : each.shared && <span class="badge">{w.sharedMark}</span>}
              <ManageView view={each} views={views} isOwn={each.owner === user} onChanged={onChanged}
                onEdit={() => (setManaging(false), setEditing({ spec: { ...NO_FILTER, ...each.spec }, view: each }))} />
            </div>
          ))}
          <div class="acts"><Button onClick={() => setManaging(false)}>{t.close}</Button></div>
        </Dialog>
      )}
    </>
  );
}

interface ManageProps {
  view: SavedView;
  views: readonly SavedView[];
  isOwn: boolean;
  onEdit: () => void;
  onChanged: () => void;
}

function ManageView({ view, views, isOwn, onEdit, onChanged }: ManageProps) {
  const [isNaming, setNaming] = useState(false);
  const [name, setName] = useState(freeName(view.view, views));
  const changing = (change: () => Promise<unknown>) => async () => {
    await change();
    onChanged();
  };
  const choices: Choice[] = [
    { label: w.duplicate, act: () => setNaming(true) },
    { label: view.is_default ? w.unmark : w.mark, act: changing(() => post(at("/views/{name}/default", view.view), { on: !view.is_default })) },
  ];
  if (isOwn) {
    const remove = changing(() => send("delete", at("/views/{name}", view.view)));
    choices.push({ label: w.edit, act: onEdit });
    choices.push({ label: w.delete, isDanger: true, act: () => ask({ title: w.deleteAsk(view.view), text: w.deleteText, yes: t.delete, isDanger: true, act: remove }) });
  }
  return (
    <>
      <Menu label={`${t.actions}: ${view.view}`} choices={choices} />
      {isNaming && (
        <FormDialog title={w.duplicate} submit={t.save} canSubmit={!!name.trim()} onClose={() => setNaming(false)}
          onSubmit={async () => {
            await post(at("/views/{name}/duplicate", view.view), { new_name: name });
            tell(w.saved(name));
            onChanged();
          }}>
          <TextField label={w.name} value={name} onInput={setName} maxLength={VIEW_NAME_MAX} hint={w.nameHint} autoFocus />
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

/** `sort` as it stands in a view, taken apart for two fields and put together again. */
const sortKey = (sort: string): string => sort.replace(/^-/, "");

function EditView({ spec, view, views, user, onApply, onChanged, onClose }: Editing & Pick<ViewsProps, "views" | "user" | "onApply" | "onChanged"> & { onClose: () => void }) {
  const [draft, setDraft] = useState(spec);
  const [isNaming, setNaming] = useState(false);
  const columns = draft.columns.length ? draft.columns : [...PLAIN_COLUMNS];
  if (isNaming) return <NameView draft={draft} view={view} views={views} user={user} onApply={onApply} onChanged={onChanged} onClose={onClose} />;
  const set = (changes: Partial<ViewSpec>) => setDraft({ ...draft, ...changes });
  const sortable = columns.filter((each) => !["actions", "lists", "connection", "trunk", "reason"].includes(each));
  return (
    <Dialog title={view ? `${w.edit}: ${view.view}` : w.filter} onClose={onClose}>
      <ManyField label={w.status} values={draft.states} options={STATES} labels={(each) => t.campaignStates[each] ?? each} onInput={(states) => set({ states })} />
      <ManyField label={w.priority} values={draft.priorities.map(String)} options={["5", "4", "3", "2", "1"]} onInput={(values) => set({ priorities: values.map(Number) })} />
      <ManyField label={w.mode} values={draft.modes} options={MODES} labels={(each) => t.modes[each] ?? each} onInput={(modes) => set({ modes })} />
      <ManyField label={w.columns} values={columns} options={COLUMNS} labels={(each) => t.campaigns.columns[each as keyof typeof t.campaigns.columns] ?? each}
        onInput={(wanted) => set({ columns: COLUMNS.filter((each) => each === "campaign" || wanted.includes(each)) })} />
      <div class="field">
        <span class="label" id="view-sort">{w.sort}</span>
        <div class="row" role="group" aria-labelledby="view-sort">
          <select class="auto" aria-label={w.sort} value={sortKey(draft.sort)} onChange={(event) => set({ sort: `${draft.sort.startsWith("-") ? "-" : ""}${event.currentTarget.value}` })}>
            {[...new Set([sortKey(draft.sort), ...sortable])].map((each) => <option key={each} value={each}>{t.campaigns.columns[each as keyof typeof t.campaigns.columns] ?? each}</option>)}
          </select>
          <Button pressed={draft.sort.startsWith("-")} onClick={() => set({ sort: `-${sortKey(draft.sort)}` })}>{w.down}</Button>
          <Button pressed={!draft.sort.startsWith("-")} onClick={() => set({ sort: sortKey(draft.sort) })}>{w.up}</Button>
        </div>
      </div>
      <div class="acts">
        <Button kind="ghost" onClick={() => setDraft(NO_FILTER)}>{w.clear}</Button>
        <Button onClick={() => setNaming(true)}>{w.saveApply}</Button>
        <Button kind="primary" onClick={() => (onApply(draft, null), onClose())}>{w.apply}</Button>
      </div>
    </Dialog>
  );
}

interface NameProps extends Pick<ViewsProps, "views" | "user" | "onApply" | "onChanged"> {
  draft: ViewSpec;
  view: SavedView | null;
  onClose: () => void;
}

function NameView({ draft, view, views, user, onApply, onChanged, onClose }: NameProps) {
  const [name, setName] = useState(view?.view ?? "");
  const [isDefault, setDefault] = useState(view?.is_default ?? false);
  const [isShared, setShared] = useState(view?.shared ?? false);
  const replaces = name.trim() !== view?.view && views.some((each) => each.owner === user && each.view === name.trim());
  const save = async () => {
    const called = name.trim();
    const kept = view?.view ?? called;
    const saved = await send("put", at("/views/{name}", kept), { body: { spec: { ...draft }, shared: isShared, new_name: called === kept ? null : called } });
    if (isDefault !== saved.is_default) await post(at("/views/{name}/default", called), { on: isDefault });
    tell(w.saved(called));
    onChanged();
    onApply(draft, { ...saved, spec: draft, is_default: isDefault });
  };
  return (
    <FormDialog title={w.saveApply} submit={w.saveApply} canSubmit={!!name.trim()} onSubmit={save} onClose={onClose}>
      <TextField label={w.name} value={name} onInput={setName} maxLength={VIEW_NAME_MAX} hint={replaces ? w.replaces : w.nameHint} autoFocus />
      <Check label={w.isDefault} value={isDefault} onInput={setDefault} />
      <Check label={w.isShared} value={isShared} onInput={setShared} />
    </FormDialog>
  );
}
