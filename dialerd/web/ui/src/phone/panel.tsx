// The browser phone as an agent sees it: whether it is ready, its password once, the microphone's check.
import { useEffect, useState } from "preact/hooks";

import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { ask } from "../parts/dialog";
import { TextField } from "../parts/field";
import { t } from "../texts";
import { checkMicrophone, kept, phone, type MicState, type PhoneState } from "./phone";

const w = t.phone;
const TEXT: Record<PhoneState, string> = { off: w.off, connecting: w.connecting, registered: w.registered, in_call: w.inCall, failed: w.failed, lost: w.lost };
const TONE: Record<PhoneState, "" | "good" | "warn" | "bad" | "accent"> = { off: "", connecting: "accent", registered: "good", in_call: "accent", failed: "bad", lost: "bad" };

export function usePhone(): typeof phone {
  const [, redraw] = useState(0);
  useEffect(() => {
    const stop = phone.watch(() => redraw((n) => n + 1));
    return () => void stop();
  }, []);
  return phone;
}

/** What JsSIP's word for a failure means to whoever has this phone. */
export const saidOf = (cause: string): string => w.problems[cause] ?? w.problem(cause);

export const userOf = (endpoint: string): string => endpoint.replace(/^PJSIP\//, "");

/** Does what ends the call that this tab has, where it has one when somebody says so. */
export function endingCall(yes: string, act: () => Promise<unknown>): unknown {
  if (!phone.isTalking) return act();
  return ask({ title: w.endsCall, text: w.endsCallText, yes, isDanger: true, act });
}

/** Brings the phone of this tab back after a reload. */
export function usePhoneAgain(): void {
  useEffect(() => {
    const account = kept();
    if (account && phone.state === "off") phone.start(account).catch(() => {});
  }, []);
}

export function PhonePanel({ url, endpoint }: { url: string | null; endpoint: string }) {
  const now = usePhone();
  const [user, setUser] = useState(userOf(endpoint));
  const [password, setPassword] = useState("");
  if (!url) return <p class="muted">{w.none}</p>;
  const connect = async () => {
    await phone.start({ url, user, password });
    setPassword("");
  };
  return (
    <div class="stack">
      <div class="row">
        <Badge tone={TONE[now.state]}>{TEXT[now.state]}</Badge>
        {now.problem && <span class="bad" role="alert">{saidOf(now.problem)}</span>}
        {now.state !== "off" && now.state !== "failed" && <Button size="small" onClick={() => endingCall(w.disconnect, async () => phone.leave())}>{w.disconnect}</Button>}
      </div>
      {(now.state === "off" || now.state === "failed") && (
        <>
          <TextField label={t.console.endpoint} value={user} onInput={setUser} autoComplete="username" />
          <TextField label={w.password} type="password" value={password} onInput={setPassword} hint={w.passwordHint} autoComplete="current-password" />
          <div class="row"><Button kind="primary" disabled={!user || !password} onClick={connect}>{w.connect}</Button></div>
        </>
      )}
      <Microphone />
    </div>
  );
}

function Microphone() {
  const [state, setState] = useState<MicState>("unknown");
  const [level, setLevel] = useState(0);
  const check = async () => {
    setState("asking");
    setState(await checkMicrophone(setLevel));
    setLevel(0);
  };
  const told: Partial<Record<MicState, string>> = { heard: w.micOk, quiet: w.micQuiet, denied: w.micDenied, none: w.micNone, insecure: w.insecure };
  return (
    <div class="stack" style={{ gap: "6px" }}>
      <div class="row">
        <Button size="small" icon="mic" onClick={check}>{w.micCheck}</Button>
        {state === "asking" && <progress max={1} value={level} aria-label={w.mic} />}
      </div>
      {told[state] && <p class={state === "heard" ? "good" : "warn"} role="status">{told[state]}</p>}
    </div>
  );
}
