import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import { weakPairs } from "./contrast.ts";

/** Stops the build when a pair of design tokens cannot be read. */
export function contrastCheck(): Plugin {
  return {
    name: "bilin-contrast",
    buildStart() {
      const weak = weakPairs(readFileSync(resolve(import.meta.dirname, "../shared/tokens.css"), "utf8"));
      if (weak.length > 0) this.error(`These colours are too close to read:\n  ${weak.join("\n  ")}`);
    },
  };
}
