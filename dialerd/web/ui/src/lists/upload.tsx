// Uploading a CSV, of contacts or of numbers not to call: sending, reading as it goes on, and the rows that could not be used.
import { useEffect, useRef, useState } from "preact/hooks";

import { upload } from "../api/client";
import type { Import } from "../api/documents";
import { asProblem, useAll, useDocument, useList } from "../api/resource";
import type { Problem } from "../api/client";
import { at, type Item } from "../api/routes";
import { Ago, count, share } from "../format";
import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { SelectField, TextField } from "../parts/field";
import { Empty, Loaded, ProblemNote } from "../parts/problem";
import { Table } from "../parts/table";
import { t } from "../texts";

const w = t.lists;
const LOOK_S = 1;
const LIST_LOOK_S = 5;

/** A list of contacts or of numbers not to call. */
export interface Filled {
  noun: "lists" | "dnc";
  name: string;
}

export function Upload({ of, onDone, onClose }: { of: Filled; onDone: () => void; onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const [id, setId] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [map, setMap] = useState("");
  const [source, setSource] = useState("");
  const [days, setDays] = useState("");
  const isDnc = of.noun === "dnc";
  const maps = useAll(isDnc ? null : at("/maps")).map((each) => each.map);
  const send = async (event: Event) => {
    event.preventDefault();
    if (!file) return;
    setProblem(null);
    setSent(0);
    const called = { file: file.name };
    try {
      const begun = isDnc
        ? await upload(at("/dnc/{name}/import", of.name), { ...called, source, ...(days ? { days: Number(days) } : {}) }, file, setSent)
        : await upload(at("/lists/{name}/import", of.name), { ...called, map }, file, setSent);
      setId(begun.id);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setSent(null);
    }
  };
  return (
    <Dialog title={w.uploadTitle(of.name)} onClose={onClose} isWide={id !== null}>
      {id === null ? (
        <form class="stack bare" onSubmit={send}>
          <div class="field">
            <label for="csv">{w.chooseFile}</label>
            <input id="csv" type="file" accept=".csv,.txt,.tsv,text/csv,text/plain" disabled={sent !== null} onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
            <span class="hint">{isDnc ? t.dnc.fileHint : w.fileHint}</span>
          </div>
          {maps.length > 0 && <SelectField label={w.map} value={map} none={w.mapNone} options={maps} onInput={setMap} />}
          {isDnc && <TextField label={t.dnc.source} value={source} placeholder={file?.name} onInput={setSource} hint={t.dnc.sourceHint} />}
          {isDnc && <TextField label={t.dnc.days} type="number" min={1} value={days} onInput={setDays} hint={t.dnc.daysHint} />}
          {sent !== null && <div class="row"><progress class="wide" max={1} value={sent} aria-label={w.sending} /><span class="muted">{w.sending} {share(sent, 0)}</span></div>}
          {problem && <ProblemNote problem={problem} />}
          <div class="acts">
            <Button onClick={onClose}>{t.cancel}</Button>
            <Button type="submit" kind="primary" disabled={!file || sent !== null}>{w.upload}</Button>
          </div>
        </form>
      ) : (
        <>
          <ImportReport of={of} id={id} onDone={onDone} />
          <div class="acts"><Button kind="primary" onClick={onClose}>{t.close}</Button></div>
        </>
      )}
    </Dialog>
  );
}

/** A file that was sent; of one for a do-not-call list less is counted. */
type Sent = Item<"/dnc/{name}/imports"> & { doubled?: number; on_dnc?: number };

const TONE: Record<string, "good" | "accent" | "bad" | ""> = { done: "good", running: "accent", waiting: "", failed: "bad" };

/** The files that were sent for a list, the latest first, each with its rows that could not be used. */
export function Imports({ of }: { of: Filled }) {
  const found = useList(at(`/${of.noun}/{name}/imports`, of.name), {}, LIST_LOOK_S);
  const [shown, setShown] = useState<string | null>(null);
  return (
    <Loaded of={found}>
      {(all) => !all.length ? <Empty title={w.noImports}>{w.noImportsText}</Empty> : (
        <>
          <Table label={w.imports} rows={all} rowKey={(each) => each.id} columns={[
            { head: w.file, kind: "text", cell: (each) => each.file },
            { head: t.state, kind: "fit", cell: (each) => <Badge tone={TONE[each.state] ?? "bad"}>{w.states[each.state] ?? each.state}</Badge> },
            { head: w.line, kind: "num", cell: (each) => count(each.line) },
            { head: w.added, kind: "num", cell: (each) => count(each.added) },
            { head: w.alreadyThere, kind: "num", cell: (each) => count(each.already_there) },
            ...(of.noun === "dnc" ? [] : [
              { head: w.doubled, kind: "num" as const, cell: (each: Sent) => count(each.doubled) },
              { head: w.onDnc, kind: "num" as const, cell: (each: Sent) => count(each.on_dnc) },
            ]),
            { head: w.rejected, kind: "num", cell: (each) => (each.rejected ? <Button size="small" onClick={() => setShown(each.id)}>{count(each.rejected)}</Button> : 0) },
            { head: w.startedAt, kind: "fit", cell: (each) => <Ago at={each.started_at} /> },
          ]} />
          {shown !== null && <div class="pad-all"><ImportReport of={of} id={shown} /></div>}
        </>
      )}
    </Loaded>
  );
}

/** An import as it goes on, then what came of it. */
export function ImportReport({ of, id, onDone }: { of: Filled; id: string; onDone?: () => void }) {
  const [isOver, setOver] = useState(false);
  const found = useDocument(at(`/${of.noun}/{name}/imports/{upload}`, of.name, id), {}, isOver ? 0 : LOOK_S);
  const state = found.value?.state;
  const told = useRef(false);
  useEffect(() => {
    if (!state || state === "running" || state === "waiting" || told.current) return;
    told.current = true;
    setOver(true);
    onDone?.();
  }, [state]);
  return (
    <Loaded of={found}>
      {(now) => (
        <div class="stack" role="status">
          {now.state === "running" || now.state === "waiting" ? <div class="row"><progress class="wide" max={Math.max(1, now.size)} value={now.position} aria-label={w.reading} /><span class="muted num">{w.reading} · {w.line.toLowerCase()} {count(now.line)}</span></div>
            : now.state === "failed" ? <div class="note bad">{now.trouble} {w.brokenOff(count(now.line))}</div>
            : <div class="note good">{(of.noun === "dnc" ? t.dnc : w).uploadDone(count(now.added))}</div>}
          <dl class="facts">
            <dt>{w.file}</dt><dd>{now.file}</dd>
            <dt>{w.added}</dt><dd class="num">{count(now.added)}</dd>
            <dt>{w.alreadyThere}</dt><dd class="num">{count(now.already_there)}</dd>
            {"doubled" in now && <><dt>{w.doubled}</dt><dd class="num">{count(now.doubled)}</dd></>}
            {"on_dnc" in now && <><dt>{w.onDnc}</dt><dd class="num">{count(now.on_dnc)}</dd></>}
            <dt>{w.rejected}</dt><dd class={now.rejected ? "num bad" : "num"}>{count(now.rejected)}</dd>
          </dl>
          {!!now.rejected_rows?.length && <Rejected rows={now.rejected_rows} file={now.file} />}
        </div>
      )}
    </Loaded>
  );
}

type Row = NonNullable<Import["rejected_rows"]>[number];

/** A cell as a spreadsheet takes it for text: one that would run gets an apostrophe. */
export const csvCell = (value: unknown): string => {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

function Rejected({ rows, file }: { rows: readonly Row[]; file: string }) {
  const download = () => {
    const lines = [["line", "column", "value", "reason"], ...rows.map((each) => [each.line, each.column, each.value, each.reason])];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.map((line) => line.map(csvCell).join(",")).join("\r\n")], { type: "text/csv" }));
    link.download = `${file.replace(/\.[^.]*$/, "")}.rejected.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <div class="panel flush">
      <header><h3>{w.report}</h3><span class="grow" /><Button size="small" icon="save" onClick={download}>{w.reportDownload}</Button></header>
      <Table label={w.report} rows={rows.slice(0, 200)} rowKey={(each) => `${each.line} ${each.column}`} columns={[
        { head: w.line, kind: "num", cell: (each) => each.line },
        { head: w.column, cell: (each) => each.column },
        { head: w.value, kind: "text", cell: (each) => <code>{each.value}</code> },
        { head: w.reason, kind: "text", cell: (each) => each.reason },
      ]} />
    </div>
  );
}
