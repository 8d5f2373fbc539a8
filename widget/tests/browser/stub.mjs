// A server that keeps the contract of the `webchat` channel with replies from a list, for what does
// not depend on what the assistant says: how the chat looks, and what it does with evil replies.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = fileURLToPath(new URL("../..", import.meta.url));
const PATH = "/webhooks/webchat/";
const TYPES = {
  ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html",
};
// The policy that the issue names, and Trusted Types without any policy of the page's own.
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

export const facts = {
  clinic: "Willow Lane Scar Clinic",
  phone: "+1 212 555 0142",
  booking: "https://clinic.example/book",
  privacy: "https://clinic.example/privacy",
  emergency: { label: "Emergency", number: "911" },
  crisis: { label: "Crisis line", number: "988" },
  demo: true,
  keep_days: 30,
  starters: ["What is scar revision?", "What are the risks?", "How long is the recovery?"],
  language: "en",
};

const source = {
  topic: "risks",
  document: "Scar revision surgery",
  section: "Risks",
  publisher: "A public medical encyclopedia",
  address: "https://library.example/scar-revision",
  reviewed: "2026-11-22",
  by: "a doctor of this clinic",
};
const PROMPT =
  "Please talk with a doctor about your own scar. Call Willow Lane Scar Clinic at " +
  "[+1 212 555 0142](tel:+12125550142), or book a visit: [clinic.example/book](https://clinic.example/book)";
const buttons = (...titles) => titles.map((title, at) => ({ id: `b${at}`, title }));
const reply = (text, more = {}) => ({
  text, outcome: "answered", buttons: [], sources: [], phones: [], ...more,
});

/** What is said to what; whatever else is asked gets the answer about risks. */
export const script = {
  risks: [
    reply(
      "Scar revision has risks, as all surgery does. One is infection. The color or the feel of " +
        "your skin can also change in a way you do not want. Talk over all the risks and benefits " +
        `with the doctor before you decide.\n\n${PROMPT}`,
      { buttons: buttons("Risk of infection", "Skin color or texture", "Risks of anesthesia"),
        sources: [source] },
    ),
  ],
  three: [
    reply(
      "**About cost:**\nI have no prices. The cost is not the same for each scar and each method. " +
        "The clinic tells you the price before you decide. You can ask about payment plans too.\n\n" +
        "**About pain:**\nIt is okay to worry about pain. Some surgeons say that discomfort after " +
        "the operation is usually mild. The wound may be sore for the first days. Take pain relief " +
        "as your surgeon says. Rising pain is a reason to call the surgeon the same day.\n\n" +
        "**About recovery:**\nSwelling and bruises can take up to 2 weeks to settle. After a small " +
        "operation, you may need no time off work, or a few days. After others, it can be 1 to 2 " +
        "weeks. Hard exercise has to wait, from 1 to 2 days up to a month. Ask your surgeon when " +
        `you may drive, lift and do sport.\n\n${PROMPT}`,
      { buttons: buttons("Awake or asleep", "Care of the wound", "When results show", "Insurance"),
        sources: [source, { ...source, document: "Recovery and aftercare", section: "Work" }] },
    ),
  ],
  breathe: [
    reply(
      "This could be an emergency. Call 911 now, or have somebody call for you.\n\nIf you bleed, " +
        "press hard on the wound with a clean cloth until help comes. Do not drive yourself.\n\n" +
        "I am a program. Nobody reads this chat as you write. Please make the call first.",
      { outcome: "safety", phones: [{ label: "Emergency", number: "911" }] },
    ),
  ],
  hot: [
    reply(
      "If right now the place is hot, wet, smells, opens, bleeds, turns dark, or you have a fever: " +
        "call a doctor today.\n\nCreams and ointments can often make scars smaller. They work best " +
        `early, while the wound still heals.\n\n${PROMPT}`,
      { phones: [{ label: facts.clinic, number: facts.phone }], sources: [source],
        buttons: buttons("Sun and scars", "Surgery or creams") },
    ),
  ],
  mean: [
    reply("I want to be sure that I understand you. Do you mean one of these?", {
      outcome: "asked_back",
      buttons: buttons("Creams and ointments", "Silicone sheets", "None of these"),
    }),
  ],
  weather: [
    reply("I can only help with scars and scar surgery. I have no vetted answer to this.", {
      outcome: "declined", buttons: buttons("What I can do", "Talk with a person"),
    }),
  ],
};

/** Starts the stub; `answer(text)` gives the replies to it, in place of the script's. */
export async function startStub(page = "<p>A page of the clinic.</p>") {
  const stub = { answer: undefined, delay: 0, page, attributes: "", direction: "ltr", script: "scar-chat.js", posts: [] };
  const conversations = new Map();
  const replies = (said) =>
    stub.answer?.(said) ??
    script[Object.keys(script).find((word) => said.toLowerCase().includes(word)) ?? "risks"];

  function html() {
    return `<!doctype html><html lang="en" dir="${stub.direction}"><head><meta charset="utf-8"><title>Clinic</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      ${stub.script && `<script src="${PATH}${stub.script}" ${stub.attributes} defer></script>`}</head>
      <body><main><h1>Clinic</h1>${stub.page}</main></body></html>`;
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://stub");
    const name = pathname.replace(PATH, "");
    let body = "";
    for await (const part of request) body += part;
    const told = body ? JSON.parse(body) : {};
    const send = (status, answer, type = "application/json") => {
      response.writeHead(status, {
        "Content-Type": type, "Content-Security-Policy": POLICY, "Cache-Control": "no-store",
      });
      response.end(type === "application/json" && answer ? JSON.stringify(answer) : answer);
    };
    if (pathname === "/") return send(200, html(), "text/html");
    const file = /^[\w-]+\.(js|css|svg|html)$/.test(name) && found(name || "index.html");
    if (file) return send(200, file, TYPES[extname(name)]);
    if (!name) return send(200, demo(), "text/html");
    if (name === "settings") return send(200, facts);
    if (name === "suggestions") {
      const begun = told.typed.toLowerCase();
      const all = ["What are the risks?", "What are the risks of infection?", "What is a keloid?",
        "What is laser treatment?", "What does it cost?"];
      return send(200, { suggestions: all.filter((one) => one.toLowerCase().includes(begun))
        .map((text) => ({ text })) });
    }
    if (name === "conversations") {
      const token = `token-${conversations.size}`;
      conversations.set(token, []);
      return send(201, { token, conversation: { expires_at: "2026-12-22T00:00:00Z" } });
    }
    const turns = conversations.get((request.headers.authorization ?? "").slice(7));
    if (!turns) return send(401, { error: "The token is not valid here." });
    if (request.method === "DELETE") return send(204, (turns.length = 0) || undefined);
    if (name === "feedback") return send(204, stub.posts.push(told) && undefined);
    if (request.method === "GET") {
      const after = Number(searchParams.get("after"));
      return send(200, { turns: turns.slice(after), last: turns.length });
    }
    await new Promise((resolve) => {
      stub.answerNow = () => resolve((stub.delay = 0));
      setTimeout(resolve, stub.delay);
    });
    let turn = turns.find(({ id }) => id === told.id);
    if (!turn) {
      const said = told.text ?? `button ${told.button}`;
      turn = { number: turns.length + 1, id: told.id, said, replies: replies(said) };
      turns.push(turn);
    }
    return send(200, turn);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  stub.address = `http://127.0.0.1:${server.address().port}`;
  stub.stop = () => server.close(server.closeAllConnections());
  return stub;
}

function found(name) {
  for (const folder of ["dist", "demo"]) {
    try {
      return readFileSync(join(home, folder, name));
    } catch {
      // in the other folder
    }
  }
}

function demo() {
  const values = {
    clinic_name: facts.clinic, phone: facts.phone, address: "12 Willow Lane, Springfield",
    hours: "Monday to Friday, 9 am to 5 pm", booking: facts.booking, privacy: facts.privacy,
    emergency: "911", crisis: "988", parking: "There is free parking behind the clinic.",
    demo: "This is a demo. The clinic and its numbers are not real.",
  };
  return readFileSync(join(home, "demo/index.html"), "utf8").replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}
