// Signing in, and again over a page whose session has ended.
// Not here: who is signed in (session.ts).
import { useEffect, useRef, useState } from "preact/hooks";

import type { Problem } from "../api/client";
import { asProblem } from "../api/resource";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { ProblemNote } from "../parts/problem";
import { signIn } from "../session";
import mark from "../styles/mark.svg";
import { t } from "../texts";

export function SignIn({ hasEnded, user = "" }: { hasEnded: boolean; user?: string }) {
  const [name, setName] = useState(user);
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await signIn(name, password);
    } catch (error) {
      setProblem(asProblem(error));
      setPassword("");
      setBusy(false);
    }
  };
  return (
    <main class="centred">
      <form class="panel card-form" onSubmit={submit}>
        <header>
          <img src={mark} alt="" width="24" height="24" />
          <h1>{t.signIn.title}</h1>
        </header>
        {hasEnded && !problem && <div class="note warn" role="status">{t.signIn.ended}</div>}
        <TextField label={t.signIn.name} value={name} onInput={setName} autoComplete="username" required autoFocus={!user} />
        <TextField label={t.signIn.password} type="password" value={password} onInput={setPassword} autoComplete="current-password" required autoFocus={!!user} />
        {problem && <ProblemNote problem={problem} />}
        <Button type="submit" kind="primary" disabled={isBusy || !name || !password}>{t.signIn.submit}</Button>
        {!user && <p class="muted">{t.signIn.first}</p>}
      </form>
    </main>
  );
}

/** Over the page, which stays as it is beneath: what was typed there is not lost. Nothing of it is seen meanwhile. */
export function SignInAgain({ user }: { user: string }) {
  const ref = useRef<HTMLDialogElement>(null);
  const open = () => ref.current && !ref.current.open && ref.current.showModal();
  useEffect(() => {
    const dialog = ref.current;
    open();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={ref} class="over" aria-label={t.signIn.title} onCancel={(event) => event.preventDefault()} onClose={open}>
      <SignIn hasEnded user={user} />
    </dialog>
  );
}
