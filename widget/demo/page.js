// The demo page's own few steps: a button that opens the chat, and the code that embeds it.
"use strict";

const code = document.getElementById("code");
const look = document.getElementById("look");
const copied = document.getElementById("copied");
const SETTINGS = { color: "#0e6b5c", position: "right", language: "en", theme: "" };

document.getElementById("ask").addEventListener("click", () => document.querySelector("scar-chat").open());

function chosen() {
  return [...new FormData(look)].filter(([name, value]) => value !== SETTINGS[name]);
}

function embedCode() {
  const settings = chosen().map(([name, value]) => ` data-${name}="${value}"`).join("");
  return `<script src="${new URL("scar-chat.js", location)}"${settings} defer></script>`;
}

look.addEventListener("input", () => {
  code.textContent = embedCode();
  const tried = document.createElement("scar-chat");
  for (const [name, value] of chosen()) tried.setAttribute(name, value);
  document.querySelector("scar-chat").replaceWith(tried);
});

document.getElementById("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(code.textContent);
    copied.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(code);
    copied.textContent = "Select the code and copy it with your keyboard.";
  }
});

code.textContent = embedCode();
