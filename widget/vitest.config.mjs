import { defineConfig } from "vitest/config";

// Files one after another: the browser's tests share one small machine with the server they talk to.
export default defineConfig({
  test: { include: ["tests/**/*.test.mjs"], fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 },
});
