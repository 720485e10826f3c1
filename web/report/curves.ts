/** What the curves of a report look like, from the figures and words that the report brings along. */

import type { EChartsCoreOption } from "echarts/core";

export type Language = "zh" | "en";

/** The words of a chart in one language, by key. */
export type Words = Record<string, string>;

export interface RiskCoverage {
  kind: "risk_coverage";
  /** Share answered, share of wrong answers, and the confidence from which is answered; each 0 to 1. */
  points: [coverage: number, risk: number, confidence: number][];
  /** Where the bot stands; null where nothing was answered. */
  today: [coverage: number, risk: number] | null;
  /** The end of the upper axis. */
  top: number;
  words: Record<Language, Words>;
}

export interface Reliability {
  kind: "reliability";
  /** Groups of questions by confidence; each share 0 to 1. */
  bins: { confidence: number; right: number; low: number; high: number; n: number }[];
  words: Record<Language, Words>;
}

export type Curve = RiskCoverage | Reliability;

// Names of the page's own colours: the drawing follows a dark screen and white paper without being drawn again.
const INK = "var(--ink)";
const QUIET = "var(--ink-quiet)";
const LINE = "var(--line)";
const ACCENT = "var(--accent-text)";
const PAPER = "var(--paper)";
const SMALLEST_DOT = 6;
const LARGEST_DOT = 14;
const CAP = 4;

export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

function axis(name: string, max: number, isUpper: boolean): object {
  return {
    type: "value",
    min: 0,
    max,
    interval: max / 5,
    name,
    nameLocation: isUpper ? "end" : "middle",
    nameGap: isUpper ? 14 : 30,
    nameTextStyle: { color: QUIET, align: isUpper ? "left" : "center", padding: isUpper ? [0, 0, 0, -38] : 0 },
    axisLabel: { color: QUIET, formatter: (value: number) => percent(value, max < 0.2 ? 1 : 0) },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: isUpper, lineStyle: { color: LINE } },
  };
}

function rows(pairs: [name: string, value: string][]): HTMLElement {
  const list = document.createElement("dl");
  for (const [name, value] of pairs) {
    const term = document.createElement("dt");
    const told = document.createElement("dd");
    term.textContent = name;
    told.textContent = value;
    list.append(term, told);
  }
  return list;
}

function base(across: string, up: string, top: number): object {
  return {
    animation: false,
    grid: { left: 8, right: 20, top: 36, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: axis(across, 1, false),
    yAxis: axis(up, top, true),
    emphasis: { disabled: true },
  };
}

const BOX = { backgroundColor: PAPER, borderColor: LINE, padding: 10, textStyle: { color: INK }, confine: true };

function riskCoverage(curve: RiskCoverage, words: Words): EChartsCoreOption {
  const near = (coverage: number): [number, number, number] | undefined =>
    curve.points.find(([each]) => each >= coverage) ?? curve.points.at(-1);
  return {
    ...base(words.coverage ?? "", words.risk ?? "", curve.top),
    tooltip: {
      ...BOX,
      trigger: "axis",
      axisPointer: { type: "line", lineStyle: { color: QUIET }, label: { show: false } },
      formatter: (shown: { value: number[] }[]) => {
        const point = near(shown[0]?.value[0] ?? 0);
        if (!point) return "";
        return rows([
          [words.coverage ?? "", percent(point[0])],
          [words.risk ?? "", percent(point[1])],
          [words.confidence ?? "", point[2].toFixed(2)],
        ]);
      },
    },
    series: [
      {
        type: "line",
        data: curve.points.map(([coverage, risk]) => [coverage, risk]),
        showSymbol: false,
        lineStyle: { color: ACCENT, width: 2 },
        itemStyle: { color: ACCENT },
        emphasis: { disabled: true },
      },
      {
        type: "scatter",
        data: curve.today ? [curve.today] : [],
        symbolSize: 11,
        itemStyle: { color: ACCENT, borderColor: PAPER, borderWidth: 2, opacity: 1 },
        emphasis: { disabled: true },
        label: {
          show: true,
          formatter: words.today ?? "",
          position: "top",
          color: INK,
          fontWeight: 600,
        },
        tooltip: { show: false },
        z: 3,
      },
    ],
  };
}

interface Drawing {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
}

/** The interval of a group, as a line with two short ends. */
function whisker(_: unknown, bin: Drawing): object {
  const [x, low] = bin.coord([bin.value(0), bin.value(1)]);
  const [, high] = bin.coord([bin.value(0), bin.value(2)]);
  const line = (x1: number, y1: number, x2: number, y2: number): object => ({
    type: "line",
    shape: { x1, y1, x2, y2 },
    style: { stroke: ACCENT, lineWidth: 1.5 },
  });
  const ends = [low, high].map((y) => line(x - CAP, y, x + CAP, y));
  return { type: "group", children: [line(x, low, x, high), ...ends], silent: true };
}

function reliability(curve: Reliability, words: Words): EChartsCoreOption {
  const most = Math.max(...curve.bins.map((bin) => bin.n));
  return {
    ...base(words.confidence ?? "", words.right ?? "", 1),
    tooltip: {
      ...BOX,
      trigger: "item",
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const bin = curve.bins[dataIndex];
        if (!bin) return "";
        return rows([
          [words.confidence ?? "", percent(bin.confidence)],
          [words.right ?? "", percent(bin.right)],
          [words.interval ?? "", `${percent(bin.low)} – ${percent(bin.high)}`],
          [words.n ?? "", String(bin.n)],
        ]);
      },
    },
    series: [
      {
        type: "line",
        data: [
          [0, 0],
          [1, 1],
        ],
        showSymbol: false,
        silent: true,
        lineStyle: { color: QUIET, type: "dashed", width: 1 },
        tooltip: { show: false },
      },
      {
        type: "custom",
        data: curve.bins.map((bin) => [bin.confidence, bin.low, bin.high]),
        encode: { x: 0, y: [1, 2] },
        renderItem: whisker,
        silent: true,
        tooltip: { show: false },
      },
      {
        type: "scatter",
        data: curve.bins.map((bin) => [bin.confidence, bin.right]),
        symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) =>
          SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * Math.sqrt((curve.bins[dataIndex]?.n ?? 0) / most),
        itemStyle: { color: ACCENT, borderColor: PAPER, borderWidth: 1, opacity: 1 },
        emphasis: { disabled: true },
        z: 3,
      },
    ],
  };
}

/** How ECharts is to draw a curve in a language. */
export function optionOf(curve: Curve, language: Language): EChartsCoreOption {
  const words = curve.words[language];
  return curve.kind === "risk_coverage" ? riskCoverage(curve, words) : reliability(curve, words);
}
