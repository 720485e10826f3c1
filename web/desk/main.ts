import "../shared/tokens.css";
import "./page.css";
import { define } from "../shared/define.ts";
import { SignIn } from "../shared/sign-in.ts";
import { ConversationPane } from "./conversation-pane.ts";
import { CustomerPane } from "./customer-pane.ts";
import { DeskApp } from "./desk-app.ts";
import { MessageActions } from "./message-actions.ts";
import { QueuePane } from "./queue-pane.ts";
import { ReplyBox } from "./reply-box.ts";

define("staff-sign-in", SignIn);
define("desk-message-actions", MessageActions);
define("desk-queue", QueuePane);
define("desk-reply", ReplyBox);
define("desk-conversation", ConversationPane);
define("desk-customer", CustomerPane);
define("desk-app", DeskApp);
