import type { Language } from "../shared/protocol.ts";
import type { Texts } from "../shared/i18n.ts";
import en from "./en.json";
import zh from "./zh.json";

export const texts: Record<Language, Texts> = { zh, en };
