// The form of a campaign, new or there: tabs over one table, or the same as a file; saved in one go.
// Not here: the tabs (general.tsx, when.tsx).
import { useState } from "preact/hooks";

import { getVersioned, Problem, send } from "../../api/client";
import type { Key } from "../../api/documents";
import { asProblem, useLoaded } from "../../api/resource";
import { at, type Body } from "../../api/routes";
import { Button } from "../../parts/button";
import { ask } from "../../parts/dialog";
import { AreaField } from "../../parts/field";
import { Loaded, ProblemNote } from "../../parts/problem";
import { Tabs } from "../../parts/tabs";
import { tell } from "../../parts/toast";
import { go, here, Link } from "../../router";
import { t } from "../../texts";
import { changed, NEW, type Draft, type TabProps } from "./draft";
import { Contacts, General, Outreach } from "./general";
import { useOffers } from "./offers";
import { toToml } from "./toml";
import { Endings, When } from "./when";

const w = t.form;

/** The table as it is, with the version that a change of it names. */
async function loadedDraft(name: string): Promise<{ value: Draft; etag: string | null }> {
  const { value, etag } = await getVersioned(at("/campaigns/{name}", name));
  return { value: value as Draft, etag };
}

export function CampaignForm({ name }: { name: string | null }) {
  const found = useLoaded(`form ${name}`, async () => (name === null ? { value: NEW, etag: null } : loadedDraft(name)));
  return <Loaded of={found}>{(loaded) => <Form name={name} first={loaded.value} etag={loaded.etag} />}</Loaded>;
}

/** The keys of the file that a tab has fields for. */
const KEYS_OF: Record<string, readonly Key[]> = {
  general: ["name", "description", "mode", "priority", "finite"],
  contacts: ["lists", "filter", "dnc"],
  outreach: [
    "trunk", "caller_id", "flow", "on_human", "queue", "ratio", "preview", "abandon_target", "abandon_message", "order", "max_attempts", "retry_after_min", "max_ring_s",
    "max_calls", "calls_per_second", "amd", "record", "regulations",
  ],
  schedule: ["hours", "schedule"],
  dispositions: ["retry", "dispositions", "positive"],
};

/** What the API says of one key: its complaints name it as `body.key: ...` or begin with it in the sentence. */
export function wrongOf(problem: Problem | null, key: string): string | undefined {
  if (!problem) return undefined;
  const told = problem.errors.find((each) => each.at.replace(/^body\./, "") === key);
  if (told) return told.message;
  const sentence = problem.message.split(": ").length > 1 ? problem.message.slice(problem.message.indexOf(": ") + 2) : "";
  return sentence.split("; ").find((each) => each.startsWith(`${key}: `))?.slice(key.length + 2);
}

function Form({ name, first, etag }: { name: string | null; first: Draft; etag: string | null }) {
  const [draft, setDraft] = useState(first);
  const [file, setFile] = useState<string | null>(null); // the file as somebody has changed it by hand
  const [tab, setTab] = useState("general");
  const [problem, setProblem] = useState<Problem | null>(null);
  const offers = useOffers();
  const isNew = name === null;
  const isDirty = draft !== first || file !== null;
  const back = isNew ? "/campaigns" : here`/campaigns/${name}`;
  const save = async () => {
    setProblem(null);
    const target = isNew ? draft.name || /^name\s*=\s*"([^"]+)"/m.exec(file ?? "")?.[1] || "" : name;
    const version = isNew ? { createOnly: true } : { ifMatch: etag };
    const body = file === null ? { body: draft as Body<"/campaigns/{name}", "put"> } : { raw: { type: "application/toml", data: file } };
    try {
      if (!target) throw new Problem(0, "bad_input", t.acts.nameHint, "", [{ at: "body.name", message: t.acts.nameHint }]);
      const applied = await send("put", at("/campaigns/{name}", target), { ...version, ...body });
      tell(!applied.is_new && !Object.keys(applied.changes ?? {}).length ? w.unchanged : w.saved(target));
      for (const each of applied.warnings ?? []) tell(each);
      go(here`/campaigns/${target}`);
    } catch (error) {
      const told = asProblem(error);
      setProblem(told.code === "precondition_failed" && !isNew ? new Problem(412, told.code, w.changedElsewhere) : told);
    }
  };
  const isWrong = (tabKey: string): boolean => (KEYS_OF[tabKey] ?? []).some((key) => wrongOf(problem, key) !== undefined);
  const leave = () => (isDirty ? ask({ title: w.leave, text: w.leaveText, yes: w.leaveYes, isDanger: true, act: async () => go(back) }) : go(back));
  const props: TabProps = { draft, isNew, set: (changes) => setDraft(changed(draft, changes)), wrong: (key) => wrongOf(problem, key) };
  return (
    <>
      <div class="head">
        <Link to="/campaigns" class="crumb">{t.campaigns.title}</Link>
        <h1>{isNew ? w.newTitle : w.editTitle(name)}</h1>
        <span class="grow" />
        <div class="row">
          <Button onClick={leave}>{t.cancel}</Button>
          <Button kind="primary" onClick={save} disabled={!isDirty && !isNew}>{t.save}</Button>
        </div>
      </div>
      {problem && <ProblemNote problem={problem} />}
      <section class="panel">
        <Tabs label={isNew ? w.newTitle : w.editTitle(name)} now={tab} onChoose={setTab} tabs={Object.entries(w.tabs).map(([key, label]) => ({ key, label, wrong: isWrong(key) ? w.tabWrong : undefined }))}>
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
              {tab === "schedule" && <When {...props} />}
              {tab === "dispositions" && <Endings {...props} offers={offers} />}
              {tab === "toml" && <AreaField label={w.tabs.toml} isCode value={file ?? toToml(draft)} hint={w.tomlHint} onInput={setFile} />}
            </>
          )}
        </Tabs>
      </section>
    </>
  );
}
