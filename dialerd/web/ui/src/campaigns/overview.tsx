// A run in figures: progress, what holds contacts back, pace, endings, the abandoned share against its limit, the hours.
// Not here: the page around it (detail.tsx), the pace (pace.tsx).
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";

import type { CampaignStatus, Meter } from "../api/documents";
import { useDocument, useList } from "../api/resource";
import { at } from "../api/routes";
import { Ago, count, dayTime, fullTime, share, withTimes } from "../format";
import { Chart } from "../parts/chart";
import { Empty, Loaded } from "../parts/problem";
import { Table } from "../parts/table";
import { endingName, gateName, t } from "../texts";
import { Pace } from "./pace";

const w = t.campaign;
const LOOK_S = 5;
const SLOW_S = 30;

/** Where somebody may answer whom no agent takes. In preview the agent is there before the call; without agents nobody waits for one. */
const CAN_ABANDON = new Set(["progressive", "power", "predictive"]);

export const isOn = (state: string): boolean => state === "active" || state === "paused" || state === "stopping";

function Figure({ label, children, tone }: { label: string; children: ComponentChildren; tone?: string | undefined }) {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd class={tone}>{children}</dd>
    </div>
  );
}

export function Overview({ status }: { status: CampaignStatus }) {
  const name = status.campaign;
  const meters = useList(status.run ? at("/campaigns/{name}/meters", name) : null, {}, isOn(status.state) ? LOOK_S : 0);
  if (status.run === null) return <section class="panel"><Empty title={w.neverRun}>{status.state === "draft" ? w.lacking : w.neverRunText}</Empty></section>;
  const abandons = CAN_ABANDON.has(status.mode) || status.abandoned_rate > 0 || (meters.value ?? []).some((each) => each.abandoned > 0);
  const cap = Math.min(...(meters.value ?? []).map((each) => each.cap), 1);
  const isOver = status.abandoned_rate > cap;
  return (
    <>
      <dl class="figures">
        <Figure label={w.figures.targets}>{count(status.targets)}</Figure>
        <Figure label={w.figures.done}>{count(status.done)}</Figure>
        <Figure label={w.figures.pending}>{count(status.pending)}</Figure>
        <Figure label={w.figures.calls}>{count(status.calls_now)}</Figure>
        <Figure label={w.figures.attempts}>{count(status.attempts)}</Figure>
        {abandons && <Figure label={w.figures.abandoned} tone={isOver ? "bad" : undefined}>{share(status.abandoned_rate, 2)}{cap < 1 && <small>{w.figures.abandonedOf(share(cap, 1))}</small>}</Figure>}
      </dl>
      <section class="panel">
        <header>
          <h2>{w.progress}</h2>
          <span class="muted">{w.run(status.run)}</span>
          <span class="grow" />
          <span class="muted">{share(status.targets ? status.done / status.targets : 0)}</span>
        </header>
        <progress class="wide" max={Math.max(1, status.targets)} value={status.done} aria-label={w.progress} />
        <dl class="facts">
          <dt>{w.started}</dt><dd>{fullTime(status.started_at)}</dd>
          {status.finished_at && <><dt>{w.finished}</dt><dd>{fullTime(status.finished_at)}</dd></>}
          {status.next_start_at && <><dt>{w.next}</dt><dd>{fullTime(status.next_start_at)}</dd></>}
          {status.reason && <><dt>{w.reason}</dt><dd>{status.reason}</dd></>}
        </dl>
      </section>
      <div class="grid-2">
        {isOn(status.state) && <Why status={status} />}
        {isOn(status.state) && <Pace status={status} meters={meters.value ?? []} />}
        <Endings name={name} run={status.run} attempts={status.attempts} />
        {abandons && <Abandoned name={name} meters={meters.value ?? []} isOn={isOn(status.state)} />}
        <Hours name={name} run={status.run} isOn={isOn(status.state)} />
      </div>
    </>
  );
}

function Why({ status }: { status: CampaignStatus }) {
  const holds = status.why ?? [];
  return (
    <section class="panel flush wide">
      <header><h2>{w.why}</h2><span class="muted">{w.whyText}</span></header>
      {!holds.length ? <Empty title={w.whyNone} /> : (
        <Table label={w.why} rows={holds} rowKey={(each) => `${each.gate} ${each.reason}`} columns={[
          { head: w.contactsHead, kind: "num", cell: (each) => count(each.targets) },
          { head: w.gate, kind: "fit", cell: (each) => gateName(each.gate) },
          { head: w.reasonHead, kind: "text", cell: (each) => withTimes(each.reason) },
          { head: w.until, kind: "fit", cell: (each) => (each.until ? <span title={fullTime(each.until)}>{dayTime(each.until)}</span> : <span class="muted">–</span>) },
        ]} />
      )}
    </section>
  );
}

function Endings({ name, run, attempts }: { name: string; run: number; attempts: number }) {
  const found = useDocument(at("/campaigns/{name}/dispositions", name), { run }, attempts > 0 ? LOOK_S : 0);
  return (
    <section class="panel">
      <header><h2>{w.dispositions}</h2></header>
      <Loaded of={found}>
        {(counts) => {
          const most = Math.max(1, ...counts.dispositions.map((each) => each.attempts));
          const given = counts.dispositions.filter((each) => each.attempts > 0).sort((a, b) => b.attempts - a.attempts);
          if (!given.length) return <p class="muted">{w.dispositionsNone}</p>;
          return (
            <>
              <div class="bars">
                {given.map((each) => (
                  <>
                    <span>{endingName(each.disposition)} {each.positive && <span class="good">· {w.positive}</span>}</span>
                    <progress max={most} value={each.attempts} aria-label={endingName(each.disposition)} />
                    <span class="num">{count(each.attempts)}</span>
                  </>
                ))}
              </div>
              <dl class="facts"><dt>{w.figures.conversions}</dt><dd class="num">{share(counts.conversion, 2)}</dd></dl>
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Abandoned({ name, meters, isOn: goesOn }: { name: string; meters: readonly Meter[]; isOn: boolean }) {
  const found = useDocument(at("/campaigns/{name}/abandonment", name), {}, goesOn ? SLOW_S : 0);
  const points = found.value?.points ?? [];
  const xs = useMemo(() => points.map((each) => Date.parse(each.at) / 1000), [points]);
  const series = useMemo(() => [
    { label: w.share, values: points.map((each) => each.rate), tone: "accent" as const },
    ...(found.value?.cap == null ? [] : [{ label: w.cap, values: points.map(() => found.value?.cap ?? null), tone: "bad" as const, isDashed: true }]),
  ], [points]);
  return (
    <section class="panel">
      <header><h2>{w.abandoned}</h2></header>
      <p class="muted">{w.abandonedText}</p>
      {points.length > 1 && <Chart label={w.abandoned} xs={xs} series={series} isShare />}
      {!meters.length ? <p class="muted">{w.noMeters}</p> : (
        <Table label={w.abandoned} rows={meters} rowKey={(each) => each.rule} columns={[
          { head: w.meter, kind: "text", cell: (each) => each.rule },
          { head: w.liveAnswers, kind: "num", cell: (each) => count(each.live_answers) },
          { head: w.abandonedCount, kind: "num", cell: (each) => count(each.abandoned) },
          { head: w.share, kind: "num", cell: (each) => <span class={each.rate > each.cap ? "bad" : "good"}>{share(each.rate, 2)}</span> },
          { head: w.cap, kind: "num", cell: (each) => share(each.cap, 2) },
          { head: t.since, kind: "fit", cell: (each) => <Ago at={each.since} /> },
        ]} />
      )}
    </section>
  );
}

function Hours({ name, run, isOn: goesOn }: { name: string; run: number; isOn: boolean }) {
  const found = useList(at("/campaigns/{name}/hours", name), { run }, goesOn ? SLOW_S : 0);
  const points = found.value ?? [];
  const xs = useMemo(() => points.map((each) => Date.parse(each.key) / 1000), [points]);
  const series = useMemo(() => [
    { label: w.attempts, values: points.map((each) => each.attempts), tone: "muted" as const, isBars: true },
    { label: w.liveAnswers, values: points.map((each) => each.live), tone: "accent" as const, isBars: true },
    { label: w.successes, values: points.map((each) => each.positive), tone: "good" as const, isBars: true },
  ], [points]);
  return (
    <section class="panel">
      <header><h2>{w.hours}</h2></header>
      <p class="muted">{w.hoursText}</p>
      <Loaded of={found}>{(all) => (all.length ? <Chart label={w.hours} xs={xs} series={series} /> : <p class="muted">{w.hoursNone}</p>)}</Loaded>
    </section>
  );
}
