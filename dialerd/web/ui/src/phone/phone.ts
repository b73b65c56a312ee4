// The phone in the browser: registers at Asterisk over WSS, answers what dialerd rings, plays what it hears.
// Not here: how it looks (panel.tsx), mute and hold (the server does those for any phone). JsSIP is loaded when it is used.
import type { UA } from "jssip";

export type PhoneState = "off" | "connecting" | "registered" | "in_call" | "failed" | "lost";

export interface Account {
  url: string; // wss://host:port/ws
  user: string;
  password: string;
}

const KEY = "dialerd.phone";

export class BrowserPhone {
  state: PhoneState = "off";
  problem = "";
  account: Account | null = null;
  private ua: UA | null = null;
  private readonly watchers = new Set<() => void>();
  private readonly audio = new Audio();

  constructor() {
    this.audio.autoplay = true;
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private become(state: PhoneState, problem = ""): void {
    this.state = state;
    this.problem = problem;
    this.watchers.forEach((each) => each());
  }

  /** Registers, and stays so through lost connections until `stop`. Resolves once registered; throws where refused. */
  async start(account: Account): Promise<void> {
    this.stop();
    this.become("connecting");
    const { default: JsSIP } = await import("jssip");
    const ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(account.url)],
      uri: `sip:${account.user}@${new URL(account.url).hostname}`,
      password: account.password,
      register: true,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 10,
    });
    this.ua = ua;
    this.account = account;
    ua.on("newRTCSession", ({ session, originator }: { session: any; originator: string }) => this.take(session, originator)); // eslint-disable-line
    ua.on("disconnected", () => this.ua === ua && this.state !== "failed" && this.become("lost"));
    await new Promise<void>((resolve, reject) => {
      ua.on("registered", () => {
        if (this.state !== "in_call") this.become("registered");
        keep(account);
        resolve();
      });
      ua.on("registrationFailed", ({ cause }: { cause?: string }) => {
        if (this.ua !== ua) return;
        this.become("failed", cause ?? "");
        reject(new Error(cause ?? "registration failed"));
      });
      ua.start();
    });
  }

  stop(): void {
    const ua = this.ua;
    this.ua = null;
    ua?.stop();
    forget();
    this.become("off");
  }

  /** dialerd rings the agent whom it has logged in: the phone answers by itself. A second ring while it talks is refused. */
  private take(session: any, originator: string): void { // eslint-disable-line
    if (originator !== "remote") return;
    if (this.state === "in_call") {
      session.terminate({ status_code: 486 });
      return;
    }
    session.on("peerconnection", ({ peerconnection }: { peerconnection: RTCPeerConnection }) => {
      peerconnection.addEventListener("track", ({ streams, track }) => {
        this.audio.srcObject = streams[0] ?? new MediaStream([track]);
        this.audio.play().catch(() => {}); // a page that nobody has clicked yet may not sound; the next click lets it
      });
    });
    const over = () => this.become(this.ua?.isRegistered() ? "registered" : "lost");
    session.on("ended", over);
    session.on("failed", over);
    session.on("accepted", () => this.become("in_call"));
    session.answer({ mediaConstraints: { audio: { echoCancellation: true, noiseSuppression: true }, video: false }, pcConfig: { iceServers: [] } });
  }
}

function keep(account: Account): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(account));
  } catch {
    // it has to be typed again after a reload
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
}

/** The account that this tab has used, so that a reload brings the phone back. */
export function kept(): Account | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

export const phone = new BrowserPhone();

export type MicState = "unknown" | "asking" | "quiet" | "heard" | "denied" | "none" | "insecure";

/** Listens for some seconds, and tells the loudest that it heard (0 to 1) through `onLevel`. */
export async function checkMicrophone(onLevel: (level: number) => void, forMs = 4000): Promise<MicState> {
  if (!navigator.mediaDevices?.getUserMedia) return "insecure";
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    return (error as DOMException).name === "NotFoundError" ? "none" : "denied";
  }
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let loudest = 0;
  const until = performance.now() + forMs;
  await new Promise<void>((resolve) => {
    const look = () => {
      analyser.getFloatTimeDomainData(samples);
      const level = Math.min(1, Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length) * 6);
      loudest = Math.max(loudest, level);
      onLevel(level);
      if (performance.now() < until) requestAnimationFrame(look);
      else resolve();
    };
    look();
  });
  stream.getTracks().forEach((each) => each.stop());
  await context.close();
  return loudest > 0.04 ? "heard" : "quiet";
}
