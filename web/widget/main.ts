import { define } from "../shared/define.ts";
import { BilinWidget } from "./bilin-widget.ts";
import { ChatHeader } from "./chat-header.ts";
import { ConversationLog } from "./conversation-log.ts";
import { LeaveMessage } from "./leave-message.ts";
import { MessageComposer } from "./message-composer.ts";
import { PersonBar } from "./person-bar.ts";
import { RatingCard } from "./rating-card.ts";
import { WelcomeScreen } from "./welcome-screen.ts";

const script = document.currentScript as HTMLScriptElement | null;

if (script?.src) BilinWidget.home = serverOf(script.src);

define("bilin-header", ChatHeader);
define("bilin-log", ConversationLog);
define("bilin-welcome", WelcomeScreen);
define("bilin-person", PersonBar);
define("bilin-leave-message", LeaveMessage);
define("bilin-composer", MessageComposer);
define("bilin-rating", RatingCard);
define("bilin-widget", BilinWidget);

/** Puts the widget on the page that loaded this script, unless the page has placed one itself. */
function embed(): void {
  if (document.querySelector("bilin-widget")) return;
  const element = document.createElement("bilin-widget");
  if (script?.dataset.language) element.setAttribute("language", script.dataset.language);
  if (script?.dataset.elder !== undefined) element.setAttribute("elder", "");
  if (script?.dataset.claim) element.setAttribute("claim", script.dataset.claim);
  document.body.append(element);
}

/** The address of the service whose `widget.js` this is; it may live under a path. */
function serverOf(source: string): string {
  return new URL(".", source).href.replace(/\/$/, "");
}

if (document.body) embed();
else document.addEventListener("DOMContentLoaded", embed);
