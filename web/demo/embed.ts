import type { Language } from "../shared/protocol.ts";

/** The one line that puts the widget on a page. */
export function embedLine(server: string, language: Language): string {
  return `<script src="${server}/widget.js" data-language="${language}" async></script>`;
}

export async function copyEmbed(line: string): Promise<"copied" | "failed"> {
  try {
    await navigator.clipboard.writeText(line);
    return "copied";
  } catch {
    return "failed";
  }
}
