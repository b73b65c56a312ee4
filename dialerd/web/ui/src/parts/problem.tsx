// What is shown in place of a document: that it is coming, why it is not, or what to do where there is none yet.
import type { ComponentChildren } from "preact";

import type { Problem } from "../api/client";
import type { Resource } from "../api/resource";
import { t } from "../texts";
import { Button } from "./button";

/** The remedy that the API names; a command of the server's own is none for who looks at a page. */
export const hintOf = ({ hint }: Problem): string => (/^see dialerd /.test(hint) ? "" : hint);

export function ProblemNote({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  return (
    <div class="note bad" role="alert">
      {problem.message}
      {hintOf(problem) && <span class="hint">{hintOf(problem)}</span>}
      {problem.errors.map((each) => (
        <span class="hint" key={each.at}>{each.at.replace(/^body\./, "")}: {each.message}</span>
      ))}
      {onRetry && <div class="row above"><Button size="small" onClick={onRetry}>{t.tryAgain}</Button></div>}
    </div>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ComponentChildren; action?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** In place of rows where there are some, but a search finds none of them. */
export function NoMatch({ onClear }: { onClear: () => void }) {
  return <Empty title={t.noneMatch} action={<Button onClick={onClear}>{t.clearSearch}</Button>} />;
}

/** A resource as `children` draws it; until then that it is loading, or why it cannot be had. */
export function Loaded<T>({ of, children }: { of: Resource<T>; children: (value: T) => ComponentChildren }) {
  return (
    <>
      {of.problem && <ProblemNote problem={of.problem} onRetry={of.reload} />}
      {of.value !== null ? children(of.value) : of.isLoading ? <div class="loading" role="status">{t.loading}</div> : null}
    </>
  );
}
