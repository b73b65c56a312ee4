// What can be done to a campaign: buttons for the next step, a menu for the rest, a question before what cannot be undone.
import { useState } from "preact/hooks";

import { pathOf, post, send } from "../api/client";
import { at } from "../api/routes";
import { Button } from "../parts/button";
import { ask, FormDialog } from "../parts/dialog";
import { TextField } from "../parts/field";
import type { IconName } from "../parts/icon";
import { Menu, type Choice } from "../parts/menu";
import { tell } from "../parts/toast";
import { go, here } from "../router";
import { t } from "../texts";

export type Act = "run" | "pause" | "resume" | "stop" | "rerun";
const ICONS: Record<Act, IconName> = { run: "play", pause: "pause", resume: "play", stop: "stop", rerun: "again" };
const ASKED: readonly string[] = ["run", "rerun", "stop"];

interface Actable {
  campaign: string;
  /** What may be done to it now, as the server says. */
  actions: readonly string[];
}

export function act(name: string, what: Act, onDone: () => void): unknown {
  const perform = async () => {
    await post(at(`/campaigns/{name}/${what}`, name));
    tell(t.acts.done[what](name));
    onDone();
  };
  if (!ASKED.includes(what)) return perform();
  const asked = what as "run" | "rerun" | "stop";
  ask({ title: t.acts.asks[asked](name), text: t.acts.texts[asked], yes: t.acts[asked], isDanger: what === "stop", act: perform });
  return undefined;
}

/** The steps of the run itself. */
export function RunButtons({ row, onDone, isBig }: { row: Actable; onDone: () => void; isBig?: boolean }) {
  const can = row.actions;
  const steps = (["run", "resume", "rerun", "pause", "stop"] as const).filter((each) => can.includes(each) && !(each === "run" && can.includes("rerun")));
  return (
    <>
      {steps.map((each) =>
        isBig ? (
          <Button key={each} icon={ICONS[each]} {...(each !== "stop" && each !== "pause" ? { kind: "primary" as const } : {})} onClick={() => act(row.campaign, each, onDone)}>{t.acts[each]}</Button>
        ) : (
          <Button key={each} kind="ghost" size="small" icon={ICONS[each]} label={`${t.acts[each]}: ${row.campaign}`} onClick={() => act(row.campaign, each, onDone)} />
        ),
      )}
    </>
  );
}

/** All else: edit, clone, rename, export, delete. */
export function MoreActs({ row, onDone, size = "small" }: { row: Actable; onDone: () => void; size?: "small" | "normal" }) {
  const [named, setNamed] = useState<"clone" | "rename" | null>(null);
  const can = row.actions;
  const name = row.campaign;
  const choices: Choice[] = [];
  if (can.includes("edit")) choices.push({ label: t.acts.edit, act: () => go(here`/campaigns/${name}/edit`) });
  if (can.includes("clone")) choices.push({ label: t.acts.clone, act: () => setNamed("clone") });
  if (can.includes("edit")) choices.push({ label: t.acts.rename, act: () => setNamed("rename") });
  choices.push({ label: t.acts.export, act: () => location.assign(pathOf(at("/campaigns/{name}/export", name))) });
  if (can.includes("delete")) {
    choices.push({
      label: t.acts.delete,
      isDanger: true,
      act: () =>
        ask({
          title: t.acts.asks.delete(name), text: t.acts.texts.delete, yes: t.acts.delete, isDanger: true,
          act: async () => {
            await send("delete", at("/campaigns/{name}", name));
            tell(t.acts.done.delete(name));
            go("/campaigns");
            onDone();
          },
        }),
    });
  }
  return (
    <>
      <Menu label={`${t.actions}: ${name}`} size={size} choices={choices} />
      {named && <NewName name={name} what={named} onDone={onDone} onClose={() => setNamed(null)} />}
    </>
  );
}

function NewName({ name, what, onDone, onClose }: { name: string; what: "clone" | "rename"; onDone: () => void; onClose: () => void }) {
  const [next, setNext] = useState(what === "clone" ? `${name}-2`.slice(0, 64) : name);
  const perform = async () => {
    await post(at(`/campaigns/{name}/${what}`, name), { new_name: next });
    if (what === "clone") tell(t.acts.done.clone(next));
    onDone();
    if (what === "clone" || location.pathname.startsWith(here`/campaigns/${name}`)) go(here`/campaigns/${next}`);
  };
  const title = what === "clone" ? t.acts.cloneTitle(name) : t.acts.renameTitle(name);
  return (
    <FormDialog title={title} submit={t.acts[what]} canSubmit={!!next} onSubmit={perform} onClose={onClose}>
      <TextField label={t.acts.newName} value={next} onInput={setNext} hint={t.acts.nameHint} autoFocus maxLength={64} />
      {what === "clone" && <p class="muted">{t.acts.cloneHint}</p>}
    </FormDialog>
  );
}
