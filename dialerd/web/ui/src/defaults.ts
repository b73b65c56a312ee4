// What holds where a form's field is left empty: shown in it. tests/defaults.test.ts holds these against the API's document.
export const DEFAULTS = {
  campaign: { ratio: 2, max_attempts: 1, retry_after_min: 60, max_ring_s: 25, max_calls: 1, calls_per_second: 1, abandon_target: 0.03, numbers: "contacts-first", order: "fifo" },
  byStrategy: 100, // max_attempts of a campaign with a strategy
  preview: { timer_s: 30, on_timeout: "dial" },
  voicemail: { wait: "silence", silence_ms: 2000, max_wait_s: 60 },
  screened: { silence_ms: 1000, max_wait_s: 30 },
  callbacks: { interval_min: 15, tries: 3, retry_after_min: 10, fallback_min: 10, expire_h: 168 },
  queue: { wrap_up_s: 30, ring_s: 20, patience_s: 2, music: "default", legs: "kept", context: "dialerd-queue" },
} as const;
