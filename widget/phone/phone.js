// A pretend phone: shows what the stand-in for the provider was handed, and writes to it.
const messages = document.getElementById("messages");
const news = document.getElementById("news");
const text = document.getElementById("text");
let seen = 0;

const channel = () => document.querySelector("input[name=channel]:checked").value;

function show(one) {
  const item = document.createElement("li");
  item.className = one.mine ? "mine" : "theirs";
  item.append(one.text);
  const note = document.createElement("small");
  note.textContent = one.mine ? "You" : one.note;
  item.append(note);
  for (const button of one.buttons) {
    const press = document.createElement("button");
    press.type = "button";
    press.textContent = button.title;
    press.addEventListener("click", () => say({ text: button.title, payload: button.id }));
    item.append(press);
  }
  messages.append(item);
  item.scrollIntoView({ block: "end" });
}

async function call(path, body) {
  const given = body ? { method: "POST", body: JSON.stringify(body) } : {};
  const answered = await fetch(path, given);
  if (!answered.ok) throw new Error((await answered.json()).error);
  return answered.json();
}

async function say(said) {
  news.textContent = "";
  try {
    await call("say", { channel: channel(), ...said });
  } catch (error) {
    news.textContent = error.message;
  }
  await look();
}

async function look() {
  const { messages: all } = await call(`messages?channel=${channel()}`);
  if (all.length < seen) { messages.replaceChildren(); seen = 0; }
  all.slice(seen).forEach(show);
  seen = all.length;
}

function start() {
  messages.replaceChildren();
  seen = 0;
  look();
}

document.getElementById("write").addEventListener("submit", (event) => {
  event.preventDefault();
  if (text.value.trim()) say({ text: text.value });
  text.value = "";
});
document.getElementById("photo").addEventListener("click", () => say({ media: "image/jpeg" }));
document.getElementById("voice").addEventListener("click", () => say({ media: "audio/ogg" }));
document.getElementById("again").addEventListener("click", () => call("again", {}).then(start));
document.querySelectorAll("input[name=channel]").forEach((one) =>
  one.addEventListener("change", start));
setInterval(() => look().catch(() => { news.textContent = "The assistant has stopped."; }), 700);
start();
