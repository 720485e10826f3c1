import { html, nothing, type TemplateResult } from "lit";
import { Marked, type MarkedExtension, type Token, type Tokens } from "marked";

/**
 * CommonMark does not close `**` between a full-width punctuation mark and a letter (`**注意：**请`), which
 * Chinese writers do all the time; bold is taken here by the stars alone.
 */
const boldByStars: MarkedExtension = {
  extensions: [
    {
      name: "strong",
      level: "inline",
      start: (text) => text.indexOf("**"),
      tokenizer(text) {
        const match = /^\*\*(?![\s*])([^*\n]*[^\s*])\*\*(?!\*)/.exec(text);
        if (!match) return undefined;
        return { type: "strong", raw: match[0], text: match[1]!, tokens: this.lexer.inlineTokens(match[1]!) };
      },
    },
  ],
};

const parser = new Marked({ gfm: true, breaks: true }, boldByStars);

/** The blocks of a Markdown text, white space left out. */
export function blocks(text: string): Token[] {
  return parser.lexer(text).filter((token) => token.type !== "space" && token.type !== "def");
}

/**
 * Draws blocks as templates. Nothing is ever parsed as HTML: an HTML tag in the text is shown as the text it is,
 * and a link goes only to a web, mail or telephone address.
 */
export function drawBlocks(tokens: readonly Token[]): TemplateResult[] {
  return tokens.map(drawBlock);
}

export function drawMarkdown(text: string): TemplateResult[] {
  return drawBlocks(blocks(text));
}

/** The same text as an agent would type it: no marks, links with their address behind them. */
export function plainText(text: string): string {
  return blocks(text).map(plainBlock).join("\n\n");
}

/** The address if it is one that a customer may be sent to, else null. */
export function safeAddress(address: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address.trim())?.[1]?.toLowerCase();
  return scheme && ["https", "http", "mailto", "tel"].includes(scheme) ? address.trim() : null;
}

function drawBlock(token: Token): TemplateResult {
  switch (token.type) {
    case "paragraph":
      return html`<p>${inline(token)}</p>`;
    case "heading":
      return html`<p><strong>${inline(token)}</strong></p>`;
    case "list": {
      const list = token as Tokens.List;
      const items = list.items.map((item) => html`<li>${item.tokens.map(drawItemPart)}</li>`);
      return list.ordered ? html`<ol start=${Number(list.start) || 1}>${items}</ol>` : html`<ul>${items}</ul>`;
    }
    case "blockquote":
      return html`<blockquote>${drawBlocks((token as Tokens.Blockquote).tokens)}</blockquote>`;
    case "code":
      return html`<pre><code>${(token as Tokens.Code).text}</code></pre>`;
    case "hr":
      return html`<hr />`;
    case "table":
      return drawTable(token as Tokens.Table);
    default:
      return html`<p>${token.raw.trim()}</p>`;
  }
}

function drawItemPart(token: Token): unknown {
  return token.type === "text" || token.type === "checkbox" ? inline(token) : drawBlock(token);
}

function drawTable(table: Tokens.Table): TemplateResult {
  return html`<table>
    <thead><tr>${table.header.map((cell) => html`<th>${cell.tokens.map(drawInline)}</th>`)}</tr></thead>
    <tbody>
      ${table.rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell.tokens.map(drawInline)}</td>`)}</tr>`)}
    </tbody>
  </table>`;
}

function inline(token: Token): unknown {
  const { tokens } = token as { tokens?: Token[] };
  return tokens ? tokens.map(drawInline) : unescaped(token);
}

function drawInline(token: Token): unknown {
  switch (token.type) {
    case "strong":
      return html`<strong>${inline(token)}</strong>`;
    case "em":
      return html`<em>${inline(token)}</em>`;
    case "del":
      return html`<del>${inline(token)}</del>`;
    case "codespan":
      return html`<code>${(token as Tokens.Codespan).text}</code>`;
    case "br":
      return html`<br />`;
    case "link": {
      const address = safeAddress((token as Tokens.Link).href);
      return address ? html`<a href=${address} target="_blank" rel="noopener noreferrer">${inline(token)}</a>` : inline(token);
    }
    case "image":
      return (token as Tokens.Image).text || nothing;
    case "text":
      return inline(token);
    default:
      return unescaped(token);
  }
}

function unescaped(token: Token): string {
  return token.type === "text" || token.type === "escape" ? (token as Tokens.Text).text : token.raw;
}

function plainBlock(token: Token): string {
  if (token.type === "list") {
    const list = token as Tokens.List;
    const first = Number(list.start) || 1;
    return list.items
      .map((item, at) => `${list.ordered ? `${first + at}. ` : "- "}${item.tokens.map(plainBlock).join("\n")}`)
      .join("\n");
  }
  const { tokens } = token as { tokens?: Token[] };
  return tokens ? tokens.map(plainInline).join("") : unescaped(token).trim();
}

function plainInline(token: Token): string {
  if (token.type === "br") return "\n";
  const { tokens } = token as { tokens?: Token[] };
  const inner = tokens ? tokens.map(plainInline).join("") : token.type === "codespan" ? (token as Tokens.Codespan).text : unescaped(token);
  if (token.type !== "link") return inner;
  const address = safeAddress((token as Tokens.Link).href);
  return !address || address === inner ? inner : `${inner} ${address}`;
}
