import { describe, expect, it } from "vitest";
import { optionOf, percent, type Reliability, type RiskCoverage } from "./curves.ts";

const words = {
  zh: { coverage: "回答的比例", risk: "答错的比例", confidence: "置信度", right: "答对的比例", today: "当前", interval: "区间", n: "数量" },
  en: { coverage: "Answered", risk: "Wrong", confidence: "Confidence", right: "Right", today: "today", interval: "interval", n: "n" },
};
const risk: RiskCoverage = {
  kind: "risk_coverage",
  points: [
    [0.5, 0, 0.9],
    [1, 0.1, 0.2],
  ],
  today: [0.5, 0],
  top: 0.1,
  words,
};
const groups: Reliability = {
  kind: "reliability",
  bins: [
    { confidence: 0.3, right: 0.25, low: 0.1, high: 0.5, n: 4 },
    { confidence: 0.9, right: 0.95, low: 0.9, high: 0.99, n: 100 },
  ],
  words,
};

interface Shown {
  xAxis: { name: string };
  yAxis: { name: string; max: number };
  series: { data: unknown[]; label?: { formatter: string }; symbolSize?: (value: unknown, of: { dataIndex: number }) => number }[];
  tooltip: { formatter: (shown: unknown) => HTMLElement | string };
}

const shown = (curve: RiskCoverage | Reliability, language: "zh" | "en"): Shown =>
  optionOf(curve, language) as unknown as Shown;

describe("the curve of risk and coverage", () => {
  it.each(["zh", "en"] as const)("names its axes and today's place in %s", (language) => {
    const option = shown(risk, language);
    expect([option.xAxis.name, option.yAxis.name]).toEqual([words[language].coverage, words[language].risk]);
    expect(option.series[1]?.label?.formatter).toBe(words[language].today);
    expect(option.yAxis.max).toBe(0.1);
  });

  it("has no place of today where nothing was answered", () => {
    expect(shown({ ...risk, today: null }, "en").series[1]?.data).toEqual([]);
  });

  it("tells the figures of the point at the pointer, and of the last one behind all", () => {
    const { formatter } = shown(risk, "en").tooltip;
    expect((formatter([{ value: [0.7, 0.05] }]) as HTMLElement).textContent).toBe("Answered100.0 %Wrong10.0 %Confidence0.20");
    expect((formatter([{ value: [0.4, 0] }]) as HTMLElement).textContent).toBe("Answered50.0 %Wrong0.0 %Confidence0.90");
  });
});

describe("the curve of reliability", () => {
  it("has a dot and an interval for each group, larger where more was asked", () => {
    const [, intervals, dots] = shown(groups, "zh").series;
    expect(intervals?.data).toEqual([
      [0.3, 0.1, 0.5],
      [0.9, 0.9, 0.99],
    ]);
    const sizes = [0, 1].map((dataIndex) => dots?.symbolSize?.(null, { dataIndex }) ?? 0);
    expect(sizes[0]).toBeLessThan(sizes[1] ?? 0);
  });

  it("tells the figures of a group", () => {
    const told = shown(groups, "en").tooltip.formatter({ dataIndex: 1 }) as HTMLElement;
    expect(told.textContent).toBe("Confidence90.0 %Right95.0 %interval90.0 % – 99.0 %n100");
  });
});

it("writes shares as the report does", () => {
  expect([percent(0.1234), percent(0.25, 0)]).toEqual(["12.3 %", "25 %"]);
});
