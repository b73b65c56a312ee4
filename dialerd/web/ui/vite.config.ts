// How the pages are built and tested. Not here: what they are (src/).
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsDir: "assets",
    assetsInlineLimit: 0, // nothing as data: URLs, which the Content-Security-Policy would have to allow
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    testTimeout: 30_000, // a page is drawn in a moment, but not on a machine at load 10
    pool: "threads",
    poolOptions: { threads: { singleThread: true } },
  },
});
