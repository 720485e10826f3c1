import { LitElement, css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { foundation, prose } from "../shared/foundation.ts";
import { langAttribute, translator, type Translate } from "../shared/i18n.ts";
import type { AnswerMessage, Language } from "../shared/protocol.ts";
import { answerCard, answerStyles } from "../widget/answer-card.ts";
import { messageStyles } from "../widget/message-styles.ts";
import { texts as widgetTexts } from "../widget/texts.ts";
import { editorStyles } from "./editor-styles.ts";
import { languages, type Entry } from "./knowledge.ts";

/** Both languages as a customer will see them, drawn by the widget's own answer card. */
export class EntryPreview extends LitElement {
  static override styles = [foundation, messageStyles, answerStyles, prose, editorStyles, css`
    .sides {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(280px, 1fr));
      gap: var(--space-4);
    }
    .side {
      display: grid;
      align-content: start;
      gap: var(--space-2);
      grid-template-columns: minmax(0, 1fr);
      width: 100%;
      max-width: 356px;
      font-size: var(--text-m);
    }
    .message {
      grid-template-columns: minmax(0, 1fr);
    }
    .message .button {
      white-space: normal;
    }
    .answer .button {
      min-height: var(--target);
    }
    .bubble {
      justify-self: end;
      border-color: var(--accent);
      background: var(--accent);
      color: var(--accent-ink);
    }
  `];

  @property({ attribute: false }) entry!: Entry;
  @property({ attribute: false }) questionOf!: (id: string, language: Language) => string;
  @property({ attribute: false }) t!: Translate;

  override render(): TemplateResult {
    return html`<div class="sides">${languages.map((language) => this.side(language))}</div>`;
  }

  private side(language: Language): TemplateResult {
    const { t, entry } = this;
    const variant = entry.variants[language];
    if (!variant?.answer.trim()) return html`<p class="empty">${t(`preview.empty.${language}`)}</p>`;
    return html`<section class="side" lang=${langAttribute(language)} aria-label=${t(`language.${language}`)} data-testid=${`preview-${language}`}>
      <p class="bubble">${variant.question}</p>
      <div class="message wide">${answerCard({
        message: this.message(language, variant), rated: null, t: translator(widgetTexts, language), rate: () => {}, say: () => {},
      })}</div>
    </section>`;
  }

  private message(language: Language, { question, answer, risk }: { question: string; answer: string; risk: string }): AnswerMessage {
    const { entry } = this;
    const today = new Date().toISOString().slice(0, 10);
    return {
      seq: 0, client_id: null, sender: "bot", sender_name: null, kind: "answer", text: answer, language, created_at: today,
      data: {
        entry_id: entry.id, question, updated: entry.updated, risk: risk || null, answer_language: language,
        related: entry.related.slice(0, 3).map((id) => ({ entry_id: id, question: this.questionOf(id, language) })),
      },
    };
  }
}
