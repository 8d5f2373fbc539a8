// Builds dist/: the loader, the chat and each language as a file of its own for a script tag, and
// `module.js` with its parts for those who bundle. No file names another by a hash, so that a clinic
// can host the folder anywhere; the version in the query keeps caches from mixing two builds.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const home = dirname(fileURLToPath(import.meta.url));
const source = join(home, "src");
const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
const version = createHash("sha256");
for (const one of files.map(({ parentPath, name }) => join(parentPath, name)).sort()) {
  version.update(readFileSync(one));
}

const parts = {
  "scar-chat.js": ["loader.ts", "iife"],
  "scar-chat-core.js": ["core.ts", "es"],
  "scar-chat-en.js": ["strings/en.ts", "es"],
  "scar-chat-es.js": ["strings/es.ts", "es"],
  "module.js": ["module.ts", "es"],
};

rmSync(join(home, "dist"), { recursive: true, force: true });
for (const [name, [entry, format]] of Object.entries(parts)) {
  await build({
    root: home,
    configFile: false,
    logLevel: "warn",
    define: { VERSION: JSON.stringify(version.copy().digest("hex").slice(0, 12)) },
    build: {
      target: "es2022",
      outDir: "dist",
      emptyOutDir: false,
      minify: true,
      modulePreload: false,
      lib: { entry: join(source, entry), formats: [format], name: "scarChat", fileName: () => name },
      rolldownOptions: {
        // Vite leaves the white space in libraries of modules.
        output: { chunkFileNames: "module-[name].js", minify: true },
      },
    },
  });
}
