import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Case, Language } from "../shared/protocol.ts";

export type Lateness = "fine" | "soon" | "late";

const soonSeconds = 120;
const lateSeconds = 300;

/** How a wait of so many seconds is to be shown: amber from two minutes, red from five. */
export function lateness(waitSeconds: number): Lateness {
  if (waitSeconds >= lateSeconds) return "late";
  return waitSeconds >= soonSeconds ? "soon" : "fine";
}

/** `4:05`, or `1:04:05` from an hour on. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Seconds from the time to now; `ahead` is how far the server's clock is before ours, in milliseconds. */
export function secondsSince(time: string, ahead: number, now: number = Date.now()): number {
  return Math.max(0, (now + ahead - Date.parse(time)) / 1000);
}

/** Since when the customer has been without an answer from the agent, or null. */
export function unansweredSince({ last_message }: Case): string | null {
  return last_message?.sender === "customer" ? last_message.created_at : null;
}

/** Whether a promised time has passed; `ahead` as above. */
export function isOverdue(time: string, ahead: number, now: number = Date.now()): boolean {
  return now + ahead > Date.parse(time);
}

/** A moment in the agent's own time zone: the time today, with the day otherwise. */
export function momentText(time: string, language: Language, now: Date = new Date()): string {
  const at = new Date(time);
  const today = at.toDateString() === now.toDateString();
  const day: Intl.DateTimeFormatOptions = today ? {} : { month: "short", day: "numeric" };
  return at.toLocaleString(language === "zh" ? "zh-CN" : "en-GB", { ...day, hour: "2-digit", minute: "2-digit" });
}

/** Draws its component every second. */
export class EverySecond implements ReactiveController {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    this.timer = setInterval(() => this.host.requestUpdate(), 1000);
  }

  hostDisconnected(): void {
    clearInterval(this.timer);
  }
}
