// The few drawn signs, one line each: 16 px, in the colour of the text around them.
const PATHS = {
  campaigns: "M2 4h12M2 8h8M2 12h5M12 10v4M10 12h4",
  floor: "M5.500 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM2 13c0-2 1.500-3.500 3.500-3.500S9 11 9 13M11 7.500a1.700 1.700 0 1 0 0-3.400M11.500 9.700c1.500.2 2.500 1.500 2.500 3.300",
  callbacks: "M8 4v4l2.500 1.500M8 14A6 6 0 1 0 2.300 6.200M2 3v3.500h3.500",
  lists: "M3 3h10v10H3zM3 6.500h10M6.500 6.500V13",
  dnc: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM4 4l8 8",
  queues: "M4 5a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM4 14a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM4 9.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM8 3.500h6M8 8h6M8 12.500h6",
  outcomes: "M2.500 4.500l1.500 1.500 2.500-3M9 4.500h5M2.500 11.500l1.500 1.500 2.500-3M9 11.500h5",
  reports: "M3 13V8M8 13V3M13 13v-3",
  users: "M8 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM3 14c0-2.500 2.200-4 5-4s5 1.500 5 4",
  audit: "M4 2h6l3 3v9H4zM6.500 8h4M6.500 11h4",
  phone: "M4 2.500h2L7 6 5.500 7a7 7 0 0 0 3.500 3.500L10 9l3.500 1v2c0 1-.7 1.500-1.500 1.500A9.500 9.500 0 0 1 2.500 4C2.500 3.200 3 2.500 4 2.500z",
  play: "M5 3l8 5-8 5z",
  pause: "M5.500 3v10M10.500 3v10",
  stop: "M4 4h8v8H4z",
  again: "M13 8a5 5 0 1 1-1.500-3.500M13 2v3h-3",
  more: "M8 3.500v.01M8 8v.01M8 12.500v.01",
  plus: "M8 3v10M3 8h10",
  menu: "M2 4h12M2 8h12M2 12h12",
  close: "M4 4l8 8M12 4l-8 8",
  out: "M6 2H3v12h3M7 8h7M11 5l3 3-3 3",
  help: "M6 6a2 2 0 1 1 2.700 1.900c-.5.2-.7.6-.7 1.100v.5M8 12v.01",
  sun: "M8 10.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM8 1.500v1M8 13.500v1M1.500 8h1M13.500 8h1M3.400 3.400l.7.7M11.900 11.900l.7.7M12.600 3.400l-.7.7M4.100 11.900l-.7.7",
  mic: "M8 9.500a2 2 0 0 0 2-2V4a2 2 0 1 0-4 0v3.500a2 2 0 0 0 2 2zM4 7.500a4 4 0 0 0 8 0M8 11.500V14",
  ear: "M5 6a3 3 0 1 1 6 0c0 2.500-2.500 2.800-2.500 5A2 2 0 0 1 5 12.500",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  file: "M8 10V2M5 5l3-3 3 3M3 10v4h10v-4",
  save: "M8 2v8M5 7l3 3 3-3M3 12v2h10v-2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width={name === "more" ? 2.2 : 1.5} stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
