// What holds where a form's field is left empty: shown in it. tests/defaults.test.ts holds these against the API's document.
export const DEFAULTS = {
  campaign: { ratio: 2, max_attempts: 1, retry_after_min: 60, max_ring_s: 25, max_calls: 1, calls_per_second: 1, abandon_target: 0.03 },
  preview: { timer_s: 30 },
  queue: { wrap_up_s: 30, ring_s: 20, patience_s: 2, music: "default", legs: "kept", context: "dialerd-queue" },
} as const;
