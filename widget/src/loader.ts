// The entry of the script tag: `<script src=".../scar-chat.js" defer></script>`, with settings as
// data- attributes. It puts the chat on the page, unless the page has a <scar-chat> of its own.

import { define } from "./element";

declare const VERSION: string; // of the files beside this one, so that no cache mixes two builds

// Some CMS load scripts by other scripts; then the tag is found by its name.
const script =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>("script[src*='scar-chat.js']");
// Browsers remember a module that could not be fetched, so that the next try needs another address.
const part = (name: string, failures: number) =>
  import(/* @vite-ignore */ new URL(`${name}?v=${VERSION}.${failures}`, script?.src).href);

define({
  core: (failures) => part("scar-chat-core.js", failures),
  strings: (language, failures) => part(`scar-chat-${language}.js`, failures),
  script,
});

function place(): void {
  if (!document.querySelector("scar-chat")) document.body.append(document.createElement("scar-chat"));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place);
else place();
