import { html, nothing, type TemplateResult } from "lit";
import { langAttribute, otherLanguage, type Translate } from "../shared/i18n.ts";
import { icon, type IconName } from "../shared/icons.ts";
import type { Language } from "../shared/protocol.ts";
import { lake } from "./lake.ts";

export interface PageState {
  t: Translate;
  language: Language;
  embed: string;
  copied: "copied" | "failed" | null;
  show(): void;
  ask(question: string): void;
  copy(): void;
  switchLanguage(): void;
}

const services: readonly (readonly [name: string, icon: IconName])[] = [
  ["card", "card"],
  ["transfer", "transfer"],
  ["loan", "home"],
  ["wealth", "growth"],
];

const promises: readonly (readonly [name: string, icon: IconName])[] = [
  ["ask", "lock"],
  ["hours", "person"],
  ["language", "language"],
];

/** The home page of a bank that does not exist. */
export function page(state: PageState): TemplateResult {
  const { t } = state;
  return html`
    <a class="skip" href="#content">${t("skip")}</a>
    <aside class="fictional">${t("notice")}</aside>
    ${top(state)}
    <main id="content">
      ${hero(state)}
      <section class="band" id="personal">
        <h2>${t("services")}</h2>
        <ul class="cards">${services.map(([name, drawing]) => service(name, drawing, state))}</ul>
      </section>
      <section class="band">
        <h2>${t("safety.title")}</h2>
        <ul class="promises">${promises.map(([name, drawing]) => html`<li>
          ${icon(drawing)}<div><h3>${t(`safety.${name}.title`)}</h3><p>${t(`safety.${name}.text`)}</p></div></li>`)}</ul>
      </section>
      ${embedding(state)}
    </main>
    <footer><p>${t("footer")}</p></footer>`;
}

function top({ t, language, switchLanguage }: PageState): TemplateResult {
  return html`<header class="top">
    <a class="name" href="/"><span class="seal" aria-hidden="true">${icon("growth")}</span>${t("bank")}</a>
    <nav aria-label=${t("menu")}>
      <a class="inner" href="#personal">${t("menu.personal")}</a>
      <a class="inner" href="#embed">${t("menu.embed")}</a>
      <a href="/desk/">${t("menu.desk")}</a>
      <button type="button" data-testid="page-language" lang=${langAttribute(otherLanguage(language))}
        aria-label=${t("language.label")} @click=${switchLanguage}>${icon("language")}${t("language")}</button>
    </nav>
  </header>`;
}

function hero({ t, show }: PageState): TemplateResult {
  return html`<section class="hero">
    ${lake}
    <div class="words">
      <h1>${t("hero.title")}</h1>
      <p>${t("hero.text")}</p>
      <div class="actions">
        <button type="button" class="main" data-testid="ask" @click=${show}>${icon("chat")}${t("hero.ask")}</button>
        <a class="call" href="tel:4000001958">${icon("phone")}${t("hero.call")}</a>
      </div>
    </div>
  </section>`;
}

function service(name: string, drawing: IconName, { t, ask }: PageState): TemplateResult {
  const question = t(`service.${name}.ask`);
  return html`<li>
    <span class="drawing" aria-hidden="true">${icon(drawing)}</span>
    <h3>${t(`service.${name}.title`)}</h3>
    <p>${t(`service.${name}.text`)}</p>
    <button type="button" aria-label=${t("service.ask", { question })} @click=${() => ask(question)}>
      <span>${question}</span>${icon("chat")}</button>
  </li>`;
}

function embedding({ t, embed, copied, copy }: PageState): TemplateResult {
  return html`<section class="band embed" id="embed">
    <h2>${t("embed.title")}</h2>
    <p>${t("embed.text")}</p>
    <div class="snippet">
      <pre><code data-testid="embed">${embed}</code></pre>
      <button type="button" data-testid="copy-embed" @click=${copy}>${icon(copied === "copied" ? "online" : "copy")}
        ${t(copied === "copied" ? "embed.copied" : "embed.copy")}</button>
    </div>
    <p role="status">${copied === "failed" ? t("embed.failed") : nothing}</p>
    <p class="to-desk">${t("embed.desk")} <a href="/desk/" data-testid="desk-link">${t("embed.desk.open")}</a></p>
  </section>`;
}
