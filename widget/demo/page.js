// The demo chat: sends what is asked, shows what is answered. What the assistant says is only ever
// set as text, so that no reply can become markup.
"use strict";

const chat = document.getElementById("chat");
const form = document.getElementById("ask");
const input = document.getElementById("text");
const working = document.getElementById("working");
const spoken = document.getElementById("spoken");
const phone = document.body.dataset.phone;
const UNREACHABLE = `The assistant cannot be reached. Please try again, or call ${phone}.`;
const TRIES = 4;

let token = null;
let turns = Promise.resolve(); // one at a time, in the order they were asked

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** A paragraph of a reply: **bold** and [text](address) are the only markup. */
function withMarkup(text) {
  const line = element("p");
  const pattern = /\*\*([^*]+)\*\*|\[([^\]]+)\]\(((?:https?:\/\/|tel:)[^)\s]+)\)/g;
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    const [all, bold, label, address] = found;
    line.append(text.slice(from, found.index));
    const made = element(bold ? "strong" : "a", bold || label);
    if (address) {
      made.href = address;
      made.rel = "noopener noreferrer";
    }
    line.append(made);
    from = found.index + all.length;
  }
  line.append(text.slice(from));
  return line;
}

function asSpoken(text) {
  return text.replace(/\*\*([^*]+)\*\*/g, "$1").replace(/\[([^\]]+)\]\([^)\s]+\)/g, "$1");
}

function fromWhere(sources) {
  return sources.map((one) => `Source: ${one.document}, ${one.section}. Checked ${one.reviewed}.`);
}

function show(who, text, choices = [], sources = []) {
  const item = element("li", "", who === "You" ? "patient" : "assistant");
  item.append(element("span", `${who}:`, "unseen"));
  item.append(...text.split(/\n\s*\n/).map(withMarkup), ...fromWhere(sources).map((one) => element("p", one)));
  if (choices.length) {
    const row = element("div", "", "choices");
    for (const choice of choices) {
      const button = element("button", choice.title);
      button.type = "button";
      button.dataset.id = choice.id;
      row.append(button);
    }
    item.append(row);
  }
  chat.append(item);
  item.scrollIntoView({ block: who === "You" ? "nearest" : "start" });
}

function speak(replies) {
  spoken.textContent = replies.map(({ text, buttons }) => {
    if (!buttons.length) return asSpoken(text);
    return `${asSpoken(text)} ${buttons.length} suggested replies: ${buttons.map((b) => b.title).join(", ")}`;
  }).join(" ");
}

async function post(path, body, headers = {}) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(40000),
  });
}

/** The replies to one message. It keeps its id, so sending it again never asks it twice. */
async function deliver(message) {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      const answer = await (token
        ? post("messages", message, { Authorization: `Bearer ${token}` })
        : post("conversations", { consent: true }));
      const said = await answer.json();
      if (answer.status === 201) {
        token = said.token;
        attempt -= 1;
      } else if (answer.status === 401) {
        token = null; // the server has a new secret: begin again
      } else {
        return answer.ok ? said.replies : [{ text: said.error, buttons: [] }];
      }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
    }
  }
  return [{ text: UNREACHABLE, buttons: [] }];
}

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function ask(said, shown) {
  input.focus(); // before the pressed button goes away
  chat.querySelectorAll(".choices").forEach((row) => row.remove());
  show("You", shown);
  working.hidden = false;
  turns = turns.then(async () => {
    const replies = await deliver({ id: randomId(), ...said });
    working.hidden = true;
    replies.forEach(({ text, buttons, sources }) => show("Assistant", text, buttons, sources));
    speak(replies);
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  ask({ text }, text);
});

chat.addEventListener("click", ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return;
  const { id } = target.dataset;
  ask(id ? { button: id } : { text: target.textContent }, target.textContent);
});
