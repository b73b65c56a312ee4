// Signing in.
import { useState } from "preact/hooks";

import type { Problem } from "../api/client";
import { asProblem } from "../api/resource";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { ProblemNote } from "../parts/problem";
import { signIn } from "../session";
import mark from "../styles/mark.svg";
import { t } from "../texts";

export function SignIn({ hasEnded }: { hasEnded: boolean }) {
  const [name, setName] = useState("");
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
        <TextField label={t.signIn.name} value={name} onInput={setName} autoComplete="username" required autoFocus />
        <TextField label={t.signIn.password} type="password" value={password} onInput={setPassword} autoComplete="current-password" required />
        {problem && <ProblemNote problem={problem} />}
        <Button type="submit" kind="primary" disabled={isBusy || !name || !password}>{t.signIn.submit}</Button>
        <p class="muted">{t.signIn.first}</p>
      </form>
    </main>
  );
}
