// A chart over time: lines and bars drawn by uPlot, in the page's colours; the same figures as text for screen readers.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Series {
  label: string;
  values: (number | null)[];
  tone: "accent" | "good" | "warn" | "bad" | "muted";
  isBars?: boolean;
  isDashed?: boolean;
}

interface ChartProps {
  label: string;
  /** Seconds since 1970. */
  xs: number[];
  series: Series[];
  isShare?: boolean;
  height?: number;
}

/** A colour of the page as a canvas takes it: computed, since it depends on light and dark. */
function colour(tone: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${tone})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const text = (value: number | null, isShare: boolean): string =>
  value == null ? "–" : isShare ? `${(value * 100).toFixed(1)} %` : String(Math.round(value * 10) / 10);

const HALF_HOUR_S = 1800;

/** From the first moment to the last, with room for bars at both ends, and for a moment that is alone. */
function spanOf(xs: ArrayLike<number>, hasBars: boolean): [number, number] {
  const first = xs[0] ?? 0;
  const last = xs[xs.length - 1] ?? first;
  const room = hasBars || first === last ? HALF_HOUR_S : 0;
  return [first - room, last + room];
}

function options(props: ChartProps, width: number): uPlot.Options {
  const { series, isShare = false, height = 190 } = props;
  const axis = { stroke: colour("muted"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
  return {
    width,
    height,
    cursor: { y: false, points: { size: 6 } },
    legend: { live: true },
    scales: { x: { range: (plot) => spanOf(plot.data[0], series.some((each) => each.isBars)) }, y: { range: (_plot, _low, high) => [0, Math.max(high * 1.1, isShare ? 0.01 : 4)] } },
    axes: [
      { ...axis, values: (_plot, splits) => splits.map((at) => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })) },
      { ...axis, size: 52, values: (_plot, splits) => splits.map((each) => text(each, isShare)) },
    ],
    series: [
      { label: "\u00a0", value: (_plot, at) => (at == null ? "" : new Date(at * 1000).toLocaleString([], { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })) },
      ...series.map((each): uPlot.Series => ({
        label: each.label,
        stroke: colour(each.tone),
        width: each.isBars ? 0 : 2,
        ...(each.isDashed ? { dash: [6, 5] } : {}),
        ...(each.isBars && uPlot.paths.bars ? { fill: colour(each.tone), paths: uPlot.paths.bars({ size: [0.7, 48], radius: 0.15 }) } : {}),
        points: { show: !each.isBars && !each.isDashed && props.xs.length < 3 },
        value: (_plot, value) => (value == null ? "" : text(value, isShare)),
      })),
    ],
  };
}

export function Chart(props: ChartProps) {
  const ref = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shape = `${props.series.map((each) => each.label).join()} ${props.isShare}`;
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    const draw = () => {
      plot.current?.destroy();
      const now = latest.current;
      plot.current = new uPlot(options(now, box.clientWidth), [now.xs, ...now.series.map((each) => each.values)], box);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: box.clientWidth, height: latest.current.height ?? 190 }));
    resized.observe(box);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    document.addEventListener("dialerd-theme", draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener("change", draw);
      document.removeEventListener("dialerd-theme", draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => {
    plot.current?.setData([props.xs, ...props.series.map((each) => each.values)]);
  }, [props.xs, props.series]);
  const last = props.xs.length - 1;
  const said = props.series.map((each) => `${each.label} ${text(each.values[last] ?? null, props.isShare ?? false)}`).join(", ");
  return <div class="chart" ref={ref} role="img" aria-label={`${props.label}: ${said}`} />;
}
