import { resolve } from "node:path";
import { defineConfig, type UserConfig } from "vite";
import { contrastCheck } from "./build/contrast-plugin.ts";

const here = import.meta.dirname;

/** One page a mode: the widget is a single script, the desk, the editor and the demo are pages under their own base. */
function page(name: "desk" | "editor" | "demo"): UserConfig {
  return {
    root: resolve(here, name),
    base: `/${name}/`,
    plugins: [contrastCheck()],
    build: { outDir: resolve(here, "dist", name), emptyOutDir: true, target: "es2022", modulePreload: { polyfill: false } },
  };
}

const widget: UserConfig = {
  root: here,
  publicDir: false,
  plugins: [contrastCheck()],
  build: {
    outDir: resolve(here, "dist"),
    emptyOutDir: false,
    target: "es2022",
    lib: { entry: resolve(here, "widget/main.ts"), formats: ["iife"], name: "BilinWidget", fileName: () => "widget.js" },
  },
};

export default defineConfig(({ mode }) => {
  if (mode === "widget") return widget;
  if (mode === "desk" || mode === "editor" || mode === "demo") return page(mode);
  return { test: { environment: "happy-dom", include: ["**/*.test.ts"], exclude: ["node_modules", "dist"] } } as UserConfig;
});
