// The audit log: who changed what and when.
import { useState } from "preact/hooks";

import { pathOf } from "../api/client";
import { useList } from "../api/resource";
import { at } from "../api/routes";
import { fullTime, withTimes } from "../format";
import { TextField } from "../parts/field";
import { Empty, Loaded } from "../parts/problem";
import { Table } from "../parts/table";
import { t } from "../texts";
import { dayStart } from "./reports";

const w = t.audit;

const plain = (value: unknown): string =>
  value === null ? "–" : Array.isArray(value) ? value.map(plain).join(" ") || "–" : typeof value === "object" ? `(${detailText(value)})` : String(value) || "–";

/** What a change holds, one `key: value` after another; before and after with an arrow, what is new without. */
export function detailText(detail: unknown): string {
  if (detail === null || detail === undefined || detail === "") return "";
  if (typeof detail !== "object") return String(detail);
  return Object.entries(detail).map(([key, value]) => {
    const name = key.replaceAll("_", " ");
    if (value && typeof value === "object" && "before" in value && "after" in value) {
      return value.before === null ? `${name}: ${plain(value.after)}` : `${name}: ${plain(value.before)} → ${plain(value.after)}`;
    }
    return `${name}: ${plain(value)}`;
  }).join(", ");
}

export function AuditPage() {
  const [actor, setActor] = useState("");
  const [action, setAction] = useState("");
  const [subject, setSubject] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const query = { actor, action, subject, since: dayStart(from), until: dayStart(to, 1) };
  const found = useList(at("/audit"), { ...query, limit: 100 });
  return (
    <>
      <div class="head">
        <h1>{w.title}</h1>
        <span class="grow" />
        <a class="button" href={pathOf(at("/audit/export"), query)} download="audit.csv">{w.export}</a>
      </div>
      <section class="panel">
        <div class="fields tight-fields">
          <TextField label={w.actor} value={actor} onInput={setActor} placeholder="user:ann" />
          <TextField label={w.action} value={action} onInput={setAction} />
          <TextField label={w.subject} value={subject} onInput={setSubject} />
          <TextField label={w.from} type="date" value={from} onInput={setFrom} />
          <TextField label={w.to} type="date" value={to} onInput={setTo} />
        </div>
      </section>
      <section class="panel flush">
        <Loaded of={found}>
          {(rows) => !rows.length ? <Empty title={w.empty}>{w.emptyText}</Empty> : (
            <Table label={w.title} rows={rows} rowKey={(each) => each.id} more={found.more} columns={[
              { head: w.at, kind: "fit", cell: (each) => <time class="num" dateTime={each.at}>{fullTime(each.at)}</time> },
              { head: w.actor, kind: "text", cell: (each) => each.actor },
              { head: w.action, kind: "fit", cell: (each) => each.action.replaceAll("_", " ") },
              { head: w.subject, kind: "text", cell: (each) => each.subject },
              { head: w.detail, kind: "long", cell: (each) => <span class="muted">{withTimes(detailText(each.detail))}</span> },
            ]} />
          )}
        </Loaded>
      </section>
    </>
  );
}
