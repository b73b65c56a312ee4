// English. Another language is a file of the same shape beside this one, and a line in index.ts.
import { agentTexts } from "./en.agents";
import { campaignTexts } from "./en.campaigns";
import { formTexts } from "./en.form";
import { recordTexts } from "./en.records";
import { setupTexts } from "./en.setup";

export const en = {
  ...campaignTexts,
  ...formTexts,
  ...agentTexts,
  ...recordTexts,
  ...setupTexts,
  actions: "Actions",
  add: "Add",
  all: "All",
  any: "Any",
  cancel: "Cancel",
  change: "Change",
  close: "Close",
  create: "Create",
  delete: "Delete",
  download: "Download CSV",
  loading: "Loading…",
  menu: "Menu",
  more: "Show more",
  name: "Name",
  never: "never",
  no: "no",
  none: "none",
  notFound: "There is no page here",
  notFoundText: "The address may be old, or mistyped.",
  notYours: "This page is not for your role",
  notYoursText: "Ask an administrator if you need it.",
  save: "Save",
  search: "Search",
  leaving: { title: "Leave without saving?", text: "What you have typed here is lost.", yes: "Leave" },
  since: "Since",
  state: "State",
  timesIn: (zone: string) => `Times: ${zone.replaceAll("_", " ")}`,
  tryAgain: "Try again",
  noneMatch: "Nothing matches",
  clearSearch: "Clear the search",
  yes: "yes",
  skipToContent: "Skip to content",
  loadPages: "Pages",
  nav: {
    campaigns: "Campaigns", floor: "Floor", queues: "Queues", callbacks: "Callbacks", lists: "Contacts", outcomes: "Outcomes", dnc: "Do not call",
    reports: "Reports", users: "Users", audit: "Audit", console: "Console",
  },
  live: { up: "Live", connecting: "Connecting…", lost: "Connection lost, trying again", off: "Not live" },
  theme: { label: "Colours", auto: "As this machine", light: "Light", dark: "Dark" },
  account: {
    label: "Account", signOut: "Sign out", changePassword: "Change password", old: "Password now", next: "New password",
    changed: "The password is changed; other sessions have ended.",
    ends: (time: string) => `Your session ends at ${time}. Sign in again before: calls and forms go on.`, signInAgain: "Sign in again", signedInAgain: "You are signed in again.",
  },
  signIn: {
    title: "Sign in to dialerd", name: "Name", password: "Password", submit: "Sign in",
    first: "The first account is made on the server: dialerd user create NAME --role admin",
    ended: "Your session has ended. Sign in again to go on.",
  },
  problems: {
    unreachable: "dialerd does not answer", unreachableHint: "See whether the daemon runs and this machine is online.",
    brokeOff: "The upload broke off", brokeOffHint: "Send the file again: rows that are in stay in, once.",
    status: (code: number, text: string) => `dialerd answered ${code} ${text}`.trim(),
  },
  help: {
    title: "Keys", search: "Search on this page", help: "These keys", rows: "Next and previous row", open: "Open the row",
    go: (page: string) => page, create: "Make a new one", close: "Close a dialog or menu, leave a field",
    jumps: "Go to", pages: "On a page", ready: "Ready, or done with wrap-up", keypad: "Keypad", transfer: "Transfer the call, or ask first", give: "Give the call to whom you ask", takeBack: "Take it back from whom you ask", callback: "Promise a callback", console: "In the console", dial: "Dial the record shown", skip: "Skip it", mute: "Mute", hold: "Hold", end: "End the call", disposition: "Give a disposition",
  },
};
