// Dialogs: the browser's own, so that focus stays inside and Escape closes; and questions before what cannot be undone.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";

import { asProblem } from "../api/resource";
import type { Problem } from "../api/client";
import { leaving, useUnsaved } from "../leaving";
import { t } from "../texts";
import { Button } from "./button";
import { ProblemNote } from "./problem";

interface DialogProps {
  title: string;
  onClose: () => void;
  isWide?: boolean;
  children: ComponentChildren;
}

/** Escape closes it by `onClose`, which may ask first. A browser lets a page object to that only once between two other
 * keys or clicks: one that has closed it nevertheless shows it again, below whatever is asked then. */
export function Dialog({ title, onClose, isWide, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const isOver = useRef(false);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      isOver.current = true;
      dialog?.close();
    };
  }, []);
  return (
    <dialog ref={ref} class={isWide ? "wide-dialog" : undefined} aria-labelledby={id}
      onCancel={(event) => event.cancelable && (event.preventDefault(), onClose())}
      onClose={() => !isOver.current && ref.current && !ref.current.open && (ref.current.showModal(), onClose())}
      onMouseDown={(event) => event.target === ref.current && onClose()}>
      <div class="body">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface FormDialogProps {
  title: string;
  submit: string;
  isDanger?: boolean;
  isWide?: boolean;
  canSubmit?: boolean;
  /** Another way to send the same fields. */
  also?: { label: string; act: () => Promise<unknown> } | undefined;
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
  children?: ComponentChildren;
}

/** A dialog with fields. It closes when what it asks for is done, and else says why not; by Escape not before it has asked, once something was typed. */
export function FormDialog({ title, submit, isDanger, isWide, canSubmit = true, also, onSubmit, onClose, children }: FormDialogProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isTouched, setTouched] = useState(false);
  useUnsaved(isTouched && !isBusy);
  const send = async (act: () => Promise<unknown>) => {
    if (isBusy || !canSubmit) return;
    setBusy(true);
    setProblem(null);
    try {
      await act();
      onClose();
    } catch (error) {
      const told = asProblem(error);
      if (told.status !== 401) setProblem(told); // who is signed out signs in again and goes on
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={() => (isTouched ? leaving(() => void setTimeout(onClose)) : onClose())} isWide={isWide ?? false}>
      <form onSubmit={(event) => (event.preventDefault(), send(onSubmit))} class="stack bare" onInput={() => setTouched(true)}
        onClick={(event) => (event.target as HTMLElement).closest(".chip") && setTouched(true)}>
        {children}
        {problem && <ProblemNote problem={problem} />}
        <div class="acts">
          <Button onClick={onClose}>{t.cancel}</Button>
          {also && <Button disabled={isBusy || !canSubmit} onClick={() => send(also.act)}>{also.label}</Button>}
          <Button type="submit" kind={isDanger ? "danger" : "primary"} disabled={isBusy || !canSubmit}>{submit}</Button>
        </div>
      </form>
    </Dialog>
  );
}

export interface Question {
  title: string;
  text: ComponentChildren;
  yes: string;
  isDanger?: boolean;
  act: () => Promise<unknown>;
}

let question: Question | null = null;
let redrawQuestion: () => void = () => {};

/** Asks before `act` is done. */
export function ask(asked: Question): void {
  question = asked;
  redrawQuestion();
}

export function Questions() {
  const [, redraw] = useState(0);
  useEffect(() => {
    redrawQuestion = () => redraw((n) => n + 1);
    return () => void (redrawQuestion = () => {});
  }, []);
  if (!question) return null;
  const { title, text, yes, isDanger, act } = question;
  const close = () => {
    question = null;
    redrawQuestion();
  };
  return (
    <FormDialog title={title} submit={yes} isDanger={isDanger ?? false} onSubmit={act} onClose={close}>
      <p class="muted">{text}</p>
    </FormDialog>
  );
}
