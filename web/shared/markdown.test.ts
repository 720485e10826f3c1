import { render } from "lit";
import { describe, expect, test } from "vitest";
import { blocks, drawMarkdown, plainText, safeAddress } from "./markdown.ts";

function drawn(text: string): HTMLElement {
  const root = document.createElement("div");
  render(drawMarkdown(text), root);
  return root;
}

/** The drawing without the comments that Lit keeps its places with. */
function markup(text: string): string {
  return drawn(text).innerHTML.replace(/<!--[\s\S]*?-->/g, "").replace(/\s+/g, " ").trim();
}

describe("drawing", () => {
  test("paragraphs, bold, lists", () => {
    expect(markup("One **two**.\n\n1. a\n2. b")).toBe('<p>One <strong>two</strong>.</p><ol start="1"><li>a</li><li>b</li></ol>');
    expect(markup("- a\n- b")).toBe("<ul><li>a</li><li>b</li></ul>");
  });

  test("bold closes between full-width punctuation and a letter", () => {
    expect(markup("**注意：**请挂失")).toBe("<p><strong>注意：</strong>请挂失</p>");
    expect(markup("进入**我的 > 银行卡**。")).toBe("<p>进入<strong>我的 &gt; 银行卡</strong>。</p>");
  });

  test("stars that are no bold stay", () => {
    expect(drawn("138****2046").textContent).toBe("138****2046");
    expect(drawn("2 ** 3 ** 4").textContent).toBe("2 ** 3 ** 4");
  });

  test("HTML is text", () => {
    const root = drawn('a <b>b</b> <img src=x onerror="alert(1)">\n\n<script>alert(1)</script>');
    expect(root.querySelector("b, img, script")).toBeNull();
    expect(root.textContent).toContain('<img src=x onerror="alert(1)">');
    expect(root.textContent).toContain("<script>alert(1)</script>");
  });

  test("a link opens elsewhere and tells nothing about us", () => {
    const link = drawn("[card](https://www.chenghu.example/card)").querySelector("a")!;
    expect(link.getAttribute("href")).toBe("https://www.chenghu.example/card");
    expect(link.getAttribute("target")).toBe("_blank");
    expect(link.getAttribute("rel")).toContain("noopener");
  });

  test.each(["[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](data:text/html,hi)", "[x](/relative)", "[x](vbscript:x)"])(
    "%s is no link", (text) => {
      expect(drawn(text).querySelector("a")).toBeNull();
      expect(drawn(text).textContent).toBe("x");
    },
  );

  test("a picture is its description, never loaded", () => {
    const root = drawn("![a chart](https://elsewhere.example/p.png)");
    expect(root.querySelector("img")).toBeNull();
    expect(root.textContent).toBe("a chart");
  });
});

test("the first block is the short answer", () => {
  expect(blocks("Short.\n\n1. a\n2. b\n\nMore.").map((token) => token.type)).toEqual(["paragraph", "list", "paragraph"]);
});

test("plain text keeps what a reader needs", () => {
  expect(plainText("Go to **Me**.\n\n1. a\n2. `b`\n\nSee [cards](https://x.example/c) or call [400](tel:400).")).toBe(
    "Go to Me.\n\n1. a\n2. b\n\nSee cards https://x.example/c or call 400 tel:400.",
  );
});

test.each([["https://a", true], ["mailto:a@b", true], ["tel:1", true], [" http://a ", true], ["ftp://a", false], ["java\nscript:x", false]])(
  "%s is safe: %s", (address, safe) => {
    expect(safeAddress(address) !== null).toBe(safe);
  },
);
