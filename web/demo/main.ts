import "../shared/tokens.css";
import "./page.css";
import { render } from "lit";
import { firstLanguage, langAttribute, otherLanguage, translator } from "../shared/i18n.ts";
import type { Language } from "../shared/protocol.ts";
import type { BilinWidget } from "../widget/bilin-widget.ts";
import { lasting } from "../shared/storage.ts";
import { copyEmbed, embedLine } from "./embed.ts";
import { page, type PageState } from "./page.ts";
import { texts } from "./texts.ts";

const choices = lasting("bilin.demo.");
const asked = new URLSearchParams(location.search).get("lang");
const root = document.createElement("div");
let language = firstLanguage(asked, choices.read<Language>("language"), ...navigator.languages);
let copied: PageState["copied"] = null;

/** The element that the widget's script has put on the page; null until the script has come. */
function widget(): BilinWidget | null {
  return document.querySelector<BilinWidget>("bilin-widget");
}

function draw(): void {
  const t = translator(texts, language);
  document.documentElement.lang = langAttribute(language);
  document.title = t("title");
  render(
    page({
      t,
      language,
      embed: embedLine(location.origin, language),
      copied,
      show: () => void widget()?.show(),
      ask: (question) => void widget()?.ask(question),
      async copy() {
        copied = await copyEmbed(embedLine(location.origin, language));
        draw();
      },
      switchLanguage() {
        language = otherLanguage(language);
        copied = null;
        choices.write("language", language);
        draw();
      },
    }),
    root,
  );
}

document.body.prepend(root);
draw();
