// The form of a campaign, new or there: tabs over one table, or the same as a file; saved in one go.
// Not here: the tabs (general.tsx, outreach.tsx, when.tsx, endings.tsx), what somebody else has saved meanwhile (conflict.tsx).
import { useState } from "preact/hooks";

import { getVersioned, Problem, send } from "../../api/client";
import type { Key } from "../../api/documents";
import { asProblem, useLoaded } from "../../api/resource";
import { at, type Body } from "../../api/routes";
import { useUnsaved } from "../../leaving";
import { Button } from "../../parts/button";
import { AreaField } from "../../parts/field";
import { Loaded, ProblemNote } from "../../parts/problem";
import { Tabs } from "../../parts/tabs";
import { tell } from "../../parts/toast";
import { go, here, Link } from "../../router";
import { t } from "../../texts";
import { isAnyWrong, isOver, wrongOf } from "./complaints";
import { Conflict, FileConflict, type Saved } from "./conflict";
import { changed, NEW, type Draft, type TabProps } from "./draft";
import { Endings } from "./endings";
import { Contacts, General } from "./general";
import { useOffers } from "./offers";
import { Outreach } from "./outreach";
import { toToml } from "./toml";
import { When } from "./when";

const w = t.form;

async function saved(name: string): Promise<Saved> {
  const { value, etag } = await getVersioned(at("/campaigns/{name}", name));
  return { draft: value as Draft, etag };
}

export function CampaignForm({ name }: { name: string | null }) {
  const found = useLoaded(`form ${name}`, async () => (name === null ? { draft: NEW, etag: null } : saved(name)));
  return <Loaded of={found}>{(loaded) => <Form name={name} loaded={loaded} />}</Loaded>;
}

/** The keys of the file that a tab has fields for. tests/formkeys.test.tsx holds this against the model and the tabs. */
export const KEYS_OF: Record<string, readonly Key[]> = {
  general: ["name", "description", "mode", "priority"],
  contacts: ["lists", "filter", "dnc"],
  outreach: [
    "trunk", "caller_id", "strategy", "regulations", "flow", "on_human", "queue", "ratio", "preview", "abandon_target", "abandon_message", "late_cancel", "opt_out_key", "record", "consent", "console",
    "order", "numbers", "max_attempts", "max_attempts_per_number", "retry_after_min", "max_ring_s", "max_calls", "calls_per_second", "amd", "amd_holdout", "machine_error", "voicemail", "screened",
  ],
  schedule: ["hours", "schedule", "finite", "finish", "then"],
  dispositions: ["retry", "dispositions", "positive", "callbacks"],
};

function Form({ name, loaded }: { name: string | null; loaded: Saved }) {
  const [base, setBase] = useState(loaded); // what the changes here are changes of
  const [draft, setDraft] = useState(loaded.draft);
  const [file, setFile] = useState<string | null>(null); // the file as somebody has changed it by hand
  const [tab, setTab] = useState("general");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [mended, setMended] = useState<readonly string[]>([]); // keys changed since the problem was told
  const [theirs, setTheirs] = useState<Saved | null>(null);
  const offers = useOffers();
  const isNew = name === null;
  const isDirty = draft !== base.draft || file !== null;
  useUnsaved(isDirty);
  const back = isNew ? "/campaigns" : here`/campaigns/${name}`;
  const save = async () => {
    setProblem(null);
    setMended([]);
    const target = isNew ? draft.name || /^name\s*=\s*"([^"]+)"/m.exec(file ?? "")?.[1] || "" : name;
    const version = isNew ? { createOnly: true } : { ifMatch: base.etag };
    const body = file === null ? { body: draft as Body<"/campaigns/{name}", "put"> } : { raw: { type: "application/toml", data: file } };
    try {
      if (!target) throw new Problem(0, "bad_input", w.unnamed, "", [{ at: "body.name", message: w.nameIt }]);
      const applied = await send("put", at("/campaigns/{name}", target), { ...version, ...body });
      tell(!applied.is_new && !Object.keys(applied.changes ?? {}).length ? w.unchanged : w.saved(target));
      for (const each of applied.warnings ?? []) tell(each);
      go(here`/campaigns/${target}`, { isSaved: true });
    } catch (error) {
      const told = asProblem(error);
      if (told.code === "precondition_failed" && !isNew) setTheirs(await saved(name));
      else if (told.status !== 401) setProblem(told); // who is signed out signs in again and goes on
    }
  };
  /** From what is saved now on, with that as the campaign here. */
  const goOn = (next: Draft, text: string | null) => {
    if (theirs) setBase(theirs);
    setDraft(next);
    setFile(text);
    setTheirs(null);
  };
  const set: TabProps["set"] = (changes) => {
    const since = [...mended, ...Object.keys(changes)];
    setDraft(changed(draft, changes));
    setMended(since);
    if (isOver(problem, since)) setProblem(null);
  };
  const standing = (keys: readonly string[]) => keys.filter((key) => !mended.includes(key));
  const props: TabProps = { draft, isNew, set, wrong: (key) => (mended.includes(key.split(".")[0] ?? "") ? undefined : wrongOf(problem, key)) };
  return (
    <>
      <div class="head">
        <Link to="/campaigns" class="crumb">{t.campaigns.title}</Link>
        <h1>{isNew ? w.newTitle : w.editTitle(name)}</h1>
        <span class="grow" />
        <div class="row">
          <Button onClick={() => go(back)}>{t.cancel}</Button>
          <Button kind="primary" onClick={save} disabled={(!isDirty && !isNew) || theirs !== null}>{t.save}</Button>
        </div>
      </div>
      {problem && <ProblemNote problem={problem} />}
      {theirs && file === null && <Conflict first={base.draft} mine={draft} theirs={theirs.draft} onChoose={(next) => goOn(next, null)} />}
      {theirs && file !== null && <FileConflict theirs={theirs.draft} onKeep={() => goOn(theirs.draft, file)} onTake={() => goOn(theirs.draft, null)} />}
      <section class="panel">
        <Tabs label={isNew ? w.newTitle : w.editTitle(name)} now={tab} onChoose={setTab} tabs={Object.entries(w.tabs).map(([key, label]) => ({ key, label, wrong: isAnyWrong(problem, standing(KEYS_OF[key] ?? [])) ? w.tabWrong : undefined }))}>
          {file !== null && tab !== "toml" ? (
            <div class="note warn">
              {w.tomlHint}
              <div class="row above"><Button size="small" onClick={() => setFile(null)}>{w.tomlOnly}</Button></div>
            </div>
          ) : (
            <>
              {tab === "general" && <General {...props} replace={setDraft} />}
              {tab === "contacts" && <Contacts {...props} offers={offers} />}
              {tab === "outreach" && <Outreach {...props} offers={offers} />}
              {tab === "schedule" && <When {...props} offers={offers} />}
              {tab === "dispositions" && <Endings {...props} offers={offers} />}
              {tab === "toml" && <AreaField label={w.tabs.toml} isCode value={file ?? toToml(draft)} hint={w.tomlHint} onInput={setFile} />}
            </>
          )}
        </Tabs>
      </section>
    </>
  );
}
