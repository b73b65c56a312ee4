// Reports: attempts and what came of them, by campaign, list, agent, hour, disposition or trunk; as a file too.
import { useMemo, useState } from "preact/hooks";

import { pathOf } from "../api/client";
import type { AgentTimes, ReportRow } from "../api/documents";
import { useDocument, useList } from "../api/resource";
import { at, type QueryOf } from "../api/routes";
import { useCampaignNames } from "../campaigns/form/offers";
import { count, dayTime, length, share } from "../format";
import { Chart } from "../parts/chart";
import { SelectField, TextField } from "../parts/field";
import { Empty, Loaded } from "../parts/problem";
import { Table, type Column } from "../parts/table";
import { endingName, t } from "../texts";

const w = t.reports;
type Span = QueryOf<"/reports/{by}">;

/** The first day of the last seven, as a date field has it. */
export function weekAgo(now: Date): string {
  const day = new Date(now.getTime() - 6 * 86_400_000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** The moment at which a day of this browser's zone begins, or the day after it. */
export const dayStart = (day: string, plus = 0): string | undefined => {
  if (!day) return undefined;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + plus).toISOString();
};

const seconds = (value: number | null): string => (value === null ? "–" : length(value));

const COLUMNS: Column<ReportRow>[] = [
  { head: w.attempts, kind: "num", cell: (each) => count(each.attempts) },
  { head: w.answered, kind: "num", cell: (each) => count(each.answered) },
  { head: w.live, kind: "num", cell: (each) => count(each.live) },
  { head: w.connected, kind: "num", cell: (each) => count(each.connected) },
  { head: w.abandoned, kind: "num", cell: (each) => count(each.abandoned) },
  { head: w.abandonedRate, kind: "num", cell: (each) => share(each.abandoned_rate, 2) },
  { head: w.positive, kind: "num", cell: (each) => count(each.positive) },
  { head: w.duration, kind: "num", cell: (each) => seconds(each.duration_s) },
  { head: w.talk, kind: "num", cell: (each) => seconds(each.talk_s) },
  { head: w.meanTalk, kind: "num", cell: (each) => seconds(each.mean_talk_s) },
];

/** What a row stands for, as people read it: an hour as a time, a code without its underscores, nobody and nothing as a dash. */
const keyText = (by: string, key: string): string => (!key ? "–" : by === "hour" ? dayTime(key) : by === "disposition" ? endingName(key) : key);

export function ReportsPage() {
  const [by, setBy] = useState("campaign");
  const [campaign, setCampaign] = useState("");
  const [from, setFrom] = useState(() => weekAgo(new Date()));
  const [to, setTo] = useState("");
  const campaigns = useCampaignNames();
  const isTimes = by === "agent-times";
  const query: Span = { since: dayStart(from), until: dayStart(to, 1), ...(isTimes ? {} : { campaign }) };
  return (
    <>
      <div class="head">
        <h1>{w.title}</h1>
        <span class="grow" />
        <a class="button" href={pathOf(at("/reports/{by}/export", by), query)} download={`${by}.csv`}>{t.download}</a>
      </div>
      <section class="panel">
        <div class="fields tight-fields">
          <SelectField label={w.by} value={by} options={Object.entries(w.bys).map(([value, label]) => ({ value, label }))} onInput={setBy} />
          {!isTimes && <SelectField label={w.campaign} value={campaign} none={t.all} options={campaigns} onInput={setCampaign} />}
          <TextField label={w.from} type="date" value={from} max={to || undefined} onInput={setFrom} />
          <TextField label={w.to} type="date" value={to} min={from || undefined} onInput={setTo} />
        </div>
      </section>
      {isTimes ? <Times query={query} /> : <Attempts key={by} by={by} query={query} />}
    </>
  );
}

function Attempts({ by, query }: { by: string; query: Span }) {
  const found = useDocument(at("/reports/{by}", by), query);
  return (
    <Loaded of={found}>
      {({ rows }) => (
        <>
          {by === "hour" && rows.length > 1 && <HoursChart rows={rows} />}
          <section class="panel flush">
            {!rows.length ? <Empty title={w.empty}>{w.emptyText}</Empty> : (
              <Table label={w.title} rows={rows} rowKey={(each) => each.key} columns={[{ head: w.bys[by] ?? by, kind: "text", cell: (each) => keyText(by, each.key) }, ...COLUMNS]} />
            )}
          </section>
        </>
      )}
    </Loaded>
  );
}

function HoursChart({ rows }: { rows: readonly ReportRow[] }) {
  const dated = useMemo(() => rows.filter((each) => Number.isFinite(Date.parse(each.key))).sort((a, b) => a.key.localeCompare(b.key)), [rows]);
  const xs = useMemo(() => dated.map((each) => Date.parse(each.key) / 1000), [dated]);
  const series = useMemo(() => [
    { label: w.attempts, values: dated.map((each) => each.attempts), tone: "muted" as const, isBars: true },
    { label: w.live, values: dated.map((each) => each.live), tone: "accent" as const, isBars: true },
  ], [dated]);
  if (dated.length < 2) return null;
  return <section class="panel"><Chart label={w.bys.hour ?? ""} xs={xs} series={series} height={220} /></section>;
}

function Times({ query }: { query: Span }) {
  const found = useList(at("/reports/agent-times"), query);
  const time = (head: string, key: keyof AgentTimes): Column<AgentTimes> => ({ head, kind: "num", cell: (each) => seconds(each[key] as number) });
  return (
    <section class="panel flush">
      <Loaded of={found}>
        {(rows) => !rows.length ? <Empty title={w.empty}>{w.emptyText}</Empty> : (
          <Table label={w.title} rows={rows} rowKey={(each) => each.agent} columns={[
            { head: w.agent, kind: "text", cell: (each) => each.agent },
            { head: w.calls, kind: "num", cell: (each) => count(each.connected) },
            time(w.talk, "talk_s"), time(w.readyTime, "ready_s"), time(w.onCall, "on_call_s"), time(w.inbound, "inbound_s"),
            time(w.wrapUp, "wrap_up_s"), time(w.paused, "paused_s"), time(w.reserved, "reserved_s"), time(w.preview, "preview_s"),
          ]} />
        )}
      </Loaded>
    </section>
  );
}
