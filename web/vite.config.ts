import { resolve } from "node:path";
import { defineConfig, type UserConfig } from "vite";
import { contrastCheck } from "./build/contrast-plugin.ts";

const here = import.meta.dirname;

/** One page a mode: the desk, the editor and the demo are pages under their own base. */
function page(name: "desk" | "editor" | "demo"): UserConfig {
  return {
    root: resolve(here, name),
    base: `/${name}/`,
    plugins: [contrastCheck()],
    build: { outDir: resolve(here, "dist", name), emptyOutDir: true, target: "es2022", modulePreload: { polyfill: false } },
  };
}

/** A single script: the widget for the banks' pages, the curves for the reports of evaluations. */
function script(name: "widget" | "report", file: string): UserConfig {
  return {
    root: here,
    publicDir: false,
    plugins: [contrastCheck()],
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      outDir: resolve(here, "dist"),
      emptyOutDir: false,
      target: "es2022",
      lib: { entry: resolve(here, name, "main.ts"), formats: ["iife"], name: `Bilin${name}`, fileName: () => file },
    },
  };
}

export default defineConfig(({ mode }) => {
  if (mode === "widget") return script(mode, "widget.js");
  if (mode === "report") return script(mode, "report-curves.js");
  if (mode === "desk" || mode === "editor" || mode === "demo") return page(mode);
  return { test: { environment: "happy-dom", include: ["**/*.test.ts"], exclude: ["node_modules", "dist"] } } as UserConfig;
});
