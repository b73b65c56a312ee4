// Uploading a CSV: sending, reading as it goes on, and the rows that could not be used.
import { useEffect, useRef, useState } from "preact/hooks";

import { upload } from "../api/client";
import type { Import } from "../api/documents";
import { asProblem, useDocument } from "../api/resource";
import type { Problem } from "../api/client";
import { at } from "../api/routes";
import { count, share } from "../format";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { Loaded, ProblemNote } from "../parts/problem";
import { Table } from "../parts/table";
import { t } from "../texts";

const w = t.lists;
const LOOK_S = 1;

export function Upload({ list, onDone, onClose }: { list: string; onDone: () => void; onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const [id, setId] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (event: Event) => {
    event.preventDefault();
    if (!file) return;
    setProblem(null);
    setSent(0);
    try {
      const begun = await upload(at("/lists/{name}/import", list), { file: file.name }, file, setSent);
      setId(begun.id);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setSent(null);
    }
  };
  return (
    <Dialog title={w.uploadTitle(list)} onClose={onClose} isWide={id !== null}>
      {id === null ? (
        <form class="stack bare" onSubmit={send}>
          <div class="field">
            <label for="csv">{w.chooseFile}</label>
            <input id="csv" type="file" accept=".csv,.txt,.tsv,text/csv,text/plain" disabled={sent !== null} onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
            <span class="hint">{w.fileHint}</span>
          </div>
          {sent !== null && <div class="row"><progress class="wide" max={1} value={sent} aria-label={w.sending} /><span class="muted">{w.sending} {share(sent, 0)}</span></div>}
          {problem && <ProblemNote problem={problem} />}
          <div class="acts">
            <Button onClick={onClose}>{t.cancel}</Button>
            <Button type="submit" kind="primary" disabled={!file || sent !== null}>{w.upload}</Button>
          </div>
        </form>
      ) : (
        <>
          <ImportReport list={list} id={id} onDone={onDone} />
          <div class="acts"><Button kind="primary" onClick={onClose}>{t.close}</Button></div>
        </>
      )}
    </Dialog>
  );
}

/** An import as it goes on, then what came of it. */
export function ImportReport({ list, id, onDone }: { list: string; id: string; onDone?: () => void }) {
  const [isOver, setOver] = useState(false);
  const found = useDocument(at("/lists/{name}/imports/{upload}", list, id), {}, isOver ? 0 : LOOK_S);
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
            : <div class="note good">{w.uploadDone(count(now.added))}</div>}
          <dl class="facts">
            <dt>{w.file}</dt><dd>{now.file}</dd>
            <dt>{w.added}</dt><dd class="num">{count(now.added)}</dd>
            <dt>{w.alreadyThere}</dt><dd class="num">{count(now.already_there)}</dd>
            <dt>{w.doubled}</dt><dd class="num">{count(now.doubled)}</dd>
            <dt>{w.onDnc}</dt><dd class="num">{count(now.on_dnc)}</dd>
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
