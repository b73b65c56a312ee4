// The pace of a run and why it is what it is: what its mode goes by, what bounds it, what the predictive pacer believes.
// Not here: what holds single contacts back, how it went so far (overview.tsx).
import type { CampaignStatus, Meter } from "../api/documents";
import { clockTime, count, length, share } from "../format";
import { Table } from "../parts/table";
import { t } from "../texts";

const w = t.pace;
const MODES: Record<string, (ratio: number) => string> = w.modes;

/** What a predictive pacer says of itself; the API's document has it as a free table. */
interface Account {
  limit: string;
  risk_allowed: number;
  estimates: { answer_rate: number; human_rate: number; ring_s: number; talk_s: number; wrap_up_s: number; calls_ended: number };
  decisions: { at: string; calls: number; in_flight: number; ready: number; busy: number; limit: string }[];
}

const isAccount = (told: unknown): told is Account => typeof told === "object" && told !== null && "estimates" in told && "decisions" in told;

export function Pace({ status, meters }: { status: CampaignStatus; meters: readonly Meter[] }) {
  const over = status.mode === "power" ? meters.find((each) => each.rate > each.cap) : undefined;
  const account = isAccount(status.pacing) ? status.pacing : null;
  return (
    <section class="panel">
      <header><h2>{w.title}</h2></header>
      <p>{over ? w.slowed(over.rule) : MODES[status.mode]?.(status.pace?.ratio ?? 1)}</p>
      <dl class="facts">
        <dt>{t.campaign.maxCalls}</dt><dd class="num">{bound("max_calls", status.pace)}</dd>
        <dt>{t.campaign.perSecond}</dt><dd class="num">{bound("calls_per_second", status.pace)}</dd>
        {account && (
          <>
            <dt>{w.limit}</dt><dd>{account.limit}</dd>
            <dt>{w.risk}</dt><dd class="num">{share(account.risk_allowed, 2)}</dd>
            <dt>{w.answerRate}</dt><dd class="num">{w.ofEnded(share(account.estimates.answer_rate), count(account.estimates.calls_ended))}</dd>
            <dt>{w.humanRate}</dt><dd class="num">{share(account.estimates.human_rate)}</dd>
            <dt>{w.times}</dt><dd class="num">{[account.estimates.ring_s, account.estimates.talk_s, account.estimates.wrap_up_s].map(length).join(" · ")}</dd>
          </>
        )}
      </dl>
      {account && account.decisions.length > 0 && (
        <Table label={w.decisions} rows={[...account.decisions].reverse().slice(0, MOST)} rowKey={(each) => each.at} columns={[
          { head: w.at, kind: "fit", cell: (each) => <time class="num" dateTime={each.at}>{clockTime(each.at)}</time> },
          { head: w.calls, kind: "num", cell: (each) => count(each.calls) },
          { head: w.inFlight, kind: "num", cell: (each) => count(each.in_flight) },
          { head: w.ready, kind: "num", cell: (each) => count(each.ready) },
          { head: w.busy, kind: "num", cell: (each) => count(each.busy) },
          { head: w.limit, kind: "long", cell: (each) => each.limit },
        ]} />
      )}
    </section>
  );
}

const MOST = 5;

/** The limits of the run that say that there is none: with agents nothing but them bounds the calls, unless it is given. */
const NONE = { max_calls: 10_000, calls_per_second: 1000 } as const;

const bound = (key: keyof typeof NONE, pace: CampaignStatus["pace"]): string => (!pace ? "–" : pace[key] >= NONE[key] ? t.campaign.noLimit : count(pace[key]));

/** As a form has it: empty where there is none. */
export const given = (key: keyof typeof NONE | "ratio", pace: CampaignStatus["pace"]): string =>
  !pace || (key !== "ratio" && pace[key] >= NONE[key]) ? "" : String(pace[key]);
