// One campaign: where it stands, its contacts one by one, its runs, its settings.
import { useState } from "preact/hooks";

import { getText, pathOf, post } from "../api/client";
import type { CampaignStatus } from "../api/documents";
import { useDocument, useList, useLoaded } from "../api/resource";
import { at } from "../api/routes";
import { count, dayTime } from "../format";
import { useLive } from "../live/socket";
import { CampaignBadge } from "../parts/badge";
import { Button } from "../parts/button";
import { FormDialog } from "../parts/dialog";
import { TextField } from "../parts/field";
import { Empty, Loaded } from "../parts/problem";
import { Table } from "../parts/table";
import { Tabs } from "../parts/tabs";
import { tell } from "../parts/toast";
import { go, here, Link } from "../router";
import { t } from "../texts";
import { MoreActs, RunButtons } from "./acts";
import { ContactTimeline } from "./contact";
import { isOn, Overview } from "./overview";
import { given } from "./pace";

const w = t.campaign;
const LOOK_S = 5;

export function CampaignPage({ name }: { name: string }) {
  const { live } = useLive();
  const [tab, setTab] = useState("overview");
  const [isPacing, setPacing] = useState(false);
  const now = live.campaigns.get(name);
  const found = useDocument(at("/campaigns/{name}/status", name), { why: true }, LOOK_S);
  if (found.problem?.status === 404) return <Missing title={found.problem.message} />;
  return (
    <Loaded of={found}>
      {(told) => {
        const status: CampaignStatus = now ? { ...now, why: told.why, pacing: told.pacing, pace: told.pace } : told;
        return (
          <>
            <div class="head">
              <Link to="/campaigns" class="crumb">{t.campaigns.title}</Link>
              <h1>{name}</h1>
              <CampaignBadge state={status.state} />
              <span class="muted">{t.modes[status.mode] ?? status.mode}</span>
              <span class="grow" />
              <div class="row">
              <RunButtons row={status} onDone={found.reload} isBig />
              {isOn(status.state) && <Button onClick={() => setPacing(true)}>{t.acts.pace}</Button>}
              {status.actions.includes("edit") && <Button onClick={() => go(here`/campaigns/${name}/edit`)}>{t.acts.edit}</Button>}
              <MoreActs row={status} onDone={found.reload} size="normal" />
              </div>
            </div>
            {status.held && <div class="note warn" role="status">{status.held}</div>}
            <Tabs label={name} now={tab} onChoose={setTab} tabs={[
              { key: "overview", label: w.overview }, { key: "contacts", label: w.contacts }, { key: "runs", label: w.runs }, { key: "settings", label: w.settings },
            ]}>
              {tab === "overview" && <Overview status={status} />}
              {tab === "contacts" && <ContactTimeline campaign={name} />}
              {tab === "runs" && <Runs name={name} />}
              {tab === "settings" && <Settings name={name} />}
            </Tabs>
            {isPacing && <ChangePace name={name} status={status} onDone={found.reload} onClose={() => setPacing(false)} />}
          </>
        );
      }}
    </Loaded>
  );
}

function Missing({ title }: { title: string }) {
  return <Empty title={title} action={<Link to="/campaigns" class="button">{t.campaigns.title}</Link>}>{t.notFoundText}</Empty>;
}

function Runs({ name }: { name: string }) {
  const runs = useList(at("/campaigns/{name}/runs", name));
  return (
    <section class="panel flush">
      <Loaded of={runs}>
        {(all) => !all.length ? <Empty title={w.neverRun}>{w.neverRunText}</Empty> : (
          <Table label={w.runs} rows={[...all].reverse()} rowKey={(each) => each.run} more={runs.more} columns={[
            { head: w.runHead, kind: "fit", cell: (each) => w.run(each.run) },
            { head: t.state, kind: "fit", cell: (each) => <CampaignBadge state={each.state} /> },
            { head: w.figures.targets, kind: "num", cell: (each) => count(each.targets) },
            { head: w.figures.done, kind: "num", cell: (each) => count(each.done) },
            { head: w.figures.attempts, kind: "num", cell: (each) => count(each.attempts) },
            { head: w.started, kind: "fit", cell: (each) => dayTime(each.started_at) },
            { head: w.finished, kind: "fit", cell: (each) => dayTime(each.finished_at) },
            { head: w.reason, kind: "text", cell: (each) => each.reason },
            { head: "", kind: "acts", cell: (each) => <a class="button small" href={pathOf(at("/campaigns/{name}/export", name), { run: String(each.run) })} download>{t.download}</a> },
          ]} />
        )}
      </Loaded>
    </section>
  );
}

function Settings({ name }: { name: string }) {
  const file = useLoaded(`toml ${name}`, () => getText(at("/campaigns/{name}", name), "application/toml"));
  return <section class="panel"><Loaded of={file}>{(text) => <pre>{text}</pre>}</Loaded></section>;
}

function ChangePace({ name, status, onDone, onClose }: { name: string; status: CampaignStatus; onDone: () => void; onClose: () => void }) {
  const [typed, setTyped] = useState<Record<string, string>>({});
  const field = (key: "max_calls" | "calls_per_second" | "ratio", label: string) => (
    <TextField label={label} type="number" min={0} step="any" placeholder={w.noLimit} value={typed[key] ?? given(key, status.pace)} onInput={(text) => setTyped({ ...typed, [key]: text })} />
  );
  const change = async () => {
    const wanted = Object.fromEntries(Object.entries(typed).filter(([, text]) => text !== "").map(([key, text]) => [key, Number(text)]));
    await post(at("/campaigns/{name}/pace", name), wanted);
    tell(w.paceDone);
    onDone();
  };
  return (
    <FormDialog title={w.paceTitle(name)} submit={t.change} canSubmit={Object.values(typed).some((each) => each !== "")} onSubmit={change} onClose={onClose}>
      {field("max_calls", w.maxCalls)}
      {field("calls_per_second", w.perSecond)}
      {status.mode === "power" && field("ratio", w.ratio)}
      <p class="muted">{w.paceHint}</p>
    </FormDialog>
  );
}
