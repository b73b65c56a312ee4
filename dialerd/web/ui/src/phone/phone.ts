// The phone in the browser: registers at Asterisk over WSS, answers what dialerd rings, plays what it hears.
// Not here: how it looks (panel.tsx), mute and hold (the server does those for any phone). JsSIP is loaded when it is used.
import type { UA } from "jssip";

import type { Session } from "../api/documents";

export type PhoneState = "off" | "connecting" | "registered" | "in_call" | "failed" | "lost";

export interface Account {
  url: string; // wss://host:port/ws, or a path of the server that this page is from
  user: string;
  password: string;
}

/** By which speech gets through firewalls (STUN, TURN), as the API's session has them. */
export type IceServer = Session["ice_servers"][number];
const asBrowsersTake = ({ urls, username, credential }: IceServer): RTCIceServer => (username ? { urls, username, credential } : { urls });

const KEY = "dialerd.phone";
const AGAIN_MS = 2000; // between two tries to register
const UNANSWERED_MS = 6000; // after which it is begun anew

type Sip = typeof import("jssip");
type Standing = "off" | "connecting" | "up" | "failed" | "lost";

/** The call that it has. `isOld`: the connection was lost since it began, so that Asterisk may not know of it any more. */
interface Held {
  session: any; // eslint-disable-line
  connection: RTCPeerConnection | null;
  isOld: boolean;
}

export const addressOf = (url: string, page: string): string => new URL(url, page).href.replace(/^http/, "ws");

export class BrowserPhone {
  problem = "";
  iceServers: readonly IceServer[] = [];
  account: Account | null = null;
  private standing: Standing = "off";
  private held: Held | null = null;
  private ua: UA | null = null;
  private again: ReturnType<typeof setTimeout> | undefined;
  private readonly watchers = new Set<() => void>();
  private readonly audio = new Audio();

  constructor() {
    this.audio.autoplay = true;
  }

  get state(): PhoneState {
    if (this.standing !== "up") return this.standing;
    return this.held ? "in_call" : "registered";
  }

  /** Whether there is a call, though the connection to Asterisk may be lost for now. */
  get isTalking(): boolean {
    return this.held !== null;
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private become(standing: Standing, problem = ""): void {
    this.standing = standing;
    this.problem = problem;
    this.watchers.forEach((each) => each());
  }

  /** Registers, and stays so through lost connections until `stop`. Resolves once it is known how that goes at first. */
  async start(account: Account): Promise<void> {
    this.stop();
    this.become("connecting");
    const { default: JsSIP } = await import("jssip");
    this.account = account;
    await new Promise<void>((resolve) => this.open(JsSIP, account, resolve, false));
  }

  /** `wasUp`: the account is known to be right, and a refusal to be passing: an Asterisk that has just come back refuses everybody. */
  private open(sip: Sip, account: Account, told: () => void, wasUp: boolean): void {
    const address = addressOf(account.url, location.href);
    const ua = new sip.UA({
      sockets: [new sip.WebSocketInterface(address)],
      uri: `sip:${account.user}@${new URL(address).hostname}`,
      password: account.password,
      register: true,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 5,
    });
    const before = this.ua;
    this.ua = ua;
    before?.stop();
    const heard = (standing: Standing, problem = "") => {
      if (this.ua !== ua) return;
      clearTimeout(this.again);
      this.become(standing, problem);
      told();
    };
    const later = (what: () => void, ms: number) => {
      clearTimeout(this.again);
      this.again = setTimeout(() => this.ua === ua && what(), ms);
    };
    ua.on("newRTCSession", ({ session, originator }: { session: any; originator: string }) => this.take(session, originator)); // eslint-disable-line
    // One that comes back hears a while before it answers, and what it has not answered is not asked again for half a minute.
    ua.on("connected", () => this.ua === ua && later(() => this.open(sip, account, told, wasUp), UNANSWERED_MS));
    ua.on("registered", () => {
      wasUp = true;
      if (this.ua === ua) keep(account);
      heard("up");
    });
    ua.on("disconnected", () => {
      if (this.ua === ua && this.held) this.held.isOld = true;
      heard("lost");
    });
    ua.on("registrationFailed", ({ cause, response }: { cause?: string; response?: { status_code?: number } | null }) => {
      if (this.ua !== ua) return;
      if (response && !wasUp) {
        this.stop();
        this.become("failed", cause ?? "");
        return told();
      }
      heard("lost", cause ?? "");
      later(() => ua.isConnected() && ua.register(), AGAIN_MS);
    });
    ua.start();
  }

  /** Ends it. The account stays known to this tab, for a reload, until `leave`. */
  stop(): void {
    const ua = this.ua;
    this.ua = null;
    this.held = null;
    clearTimeout(this.again);
    ua?.stop();
    this.become("off");
  }

  /** Ends it for good: the account has to be typed again. */
  leave(): void {
    forget();
    this.stop();
  }

  /** dialerd rings the agent whom it has logged in: the phone answers by itself. A second ring while it talks is refused. */
  private take(session: any, originator: string): void { // eslint-disable-line
    if (originator !== "remote") return;
    const before = this.held;
    if (before && !before.isOld && before.connection?.iceConnectionState !== "failed") {
      session.terminate({ status_code: 486 });
      return;
    }
    const now: Held = { session, connection: null, isOld: false };
    this.held = now;
    if (before) end(before);
    session.on("peerconnection", ({ peerconnection }: { peerconnection: RTCPeerConnection }) => {
      now.connection = peerconnection;
      peerconnection.addEventListener("track", ({ streams, track }) => {
        this.audio.srcObject = streams[0] ?? new MediaStream([track]);
        this.audio.play().catch(() => {}); // a page that nobody has clicked yet may not sound; the next click lets it
      });
    });
    const over = (problem = "") => {
      if (this.held !== now) return;
      this.held = null;
      this.become(this.standing, problem);
    };
    session.on("ended", () => over());
    session.on("failed", ({ originator: by, cause }: { originator: string; cause?: string }) => over(by === "local" ? cause : ""));
    session.on("accepted", () => this.become(this.standing));
    session.answer({ mediaConstraints: { audio: { echoCancellation: true, noiseSuppression: true }, video: false }, pcConfig: { iceServers: this.iceServers.map(asBrowsersTake) } });
  }
}

function end(held: Held): void {
  try {
    held.session.terminate();
  } catch {
    // it had ended
  }
  held.connection?.close();
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

/** A tab that is left ends the call in it: the browser asks first. */
export function guardCall(event: BeforeUnloadEvent): void {
  if (phone.isTalking) event.preventDefault();
}
if (typeof window !== "undefined") window.addEventListener("beforeunload", guardCall);

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
