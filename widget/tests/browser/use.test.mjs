// What a patient can do with the chat, by keys, by ear and by finger; on a page with a strict
// policy, against a server whose replies are known.

import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { EVIL } from "../evil.mjs";
import { launch, visit } from "./chat.mjs";
import { facts, startStub } from "./stub.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const SCRIPT = "scar-chat.js";
let browser;
let stub;
let chat;

beforeAll(async () => {
  [browser, stub] = [await launch(), await startStub()];
});
beforeEach(() => {
  const page = "<p>A page of the clinic.</p><p><a href='/?second'>Second page</a></p>";
  Object.assign(stub, { attributes: "", direction: "ltr", delay: 0, answer: undefined, posts: [], page, script: SCRIPT });
});
afterEach(async () => {
  if (!chat) return;
  // Whatever a test did: nothing was refused by the policy, nothing went wrong, nobody else was asked.
  const found = [...chat.faults, ...(await chat.violations())];
  await chat.end();
  chat = undefined;
  expect(found).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  stub.stop();
});

const visitStub = async (options) => (chat = await visit(browser, stub.address, options));
/** Note every addition to the live region from now on. */
const listen = () =>
  chat.host.evaluate((host) => {
    window.heard = [];
    const region = host.shadowRoot.querySelector("[aria-live]");
    new MutationObserver((all) => {
      for (const { addedNodes } of all) for (const one of addedNodes) window.heard.push(one.textContent);
    }).observe(region, { childList: true, subtree: true, characterData: true });
  });
const heard = () => chat.page.evaluate(() => window.heard);

test("with the page comes the launcher alone; the chat comes when it is opened", async () => {
  const files = [];
  chat = await visit(browser, stub.address);
  chat.page.on("request", (one) => files.push(new URL(one.url()).pathname.split("/").at(-1)));
  expect(await chat.launcher.innerText()).toBe("Ask about scars");
  expect(await chat.page.evaluate(() => performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname)))
    .not.toContain("/webhooks/webchat/scar-chat-core.js");
  await chat.open();
  expect(files.sort()).toEqual(["scar-chat-core.js", "scar-chat-en.js", "settings"]);
});

test("the first opening says who it is, what to do in an emergency, and asks for consent", async () => {
  await visitStub();
  await chat.open();
  const text = await chat.panel.innerText();
  expect(text).toContain("Automated assistant, not a clinician");
  expect(text).toContain("I am the automated assistant of Willow Lane Scar Clinic. I am a program, not a doctor or a nurse.");
  expect(text).toContain("In an emergency, call 911.");
  expect(text).toContain("If you think about hurting yourself, call 988.");
  expect(text).toContain("What you write is kept by the clinic for up to 30 days, so that this chat can go on.");
  expect(text).toContain("This is a demo. The clinic and its numbers are not real.");
  expect(await chat.host.getByRole("link", { name: "Privacy page" }).getAttribute("href")).toBe(facts.privacy);
  expect(await chat.input.isVisible()).toBe(false);
  expect(await chat.page.evaluate(() => sessionStorage.getItem(sessionStorage.key(0)))).not.toContain("token");
});

test("by keyboard alone: open, agree, ask, press a suggestion, look at the source, close", async () => {
  await visitStub();
  const { page } = chat;
  await page.keyboard.press("Tab"); // the link of the page
  await page.keyboard.press("Tab");
  expect(await chat.focused()).toBe("Ask about scars");
  await page.keyboard.press("Enter");
  await chat.panel.waitFor();
  await page.waitForFunction(() => document.activeElement.shadowRoot.activeElement.tagName === "H3");
  for (const next of ["911", "988", "Privacy page (opens a new tab)", "I agree, start the chat"]) {
    await page.keyboard.press("Tab");
    expect(await chat.focused()).toBe(next);
  }
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.shadowRoot.activeElement.id === "input");
  await page.keyboard.type("What are the risks?");
  await page.keyboard.press("Enter");
  await chat.replies.first().waitFor();
  expect(await chat.focused()).toBe("Your question");

  for (const before of ["Risks of anesthesia", "Skin color or texture", "Risk of infection", "No, it did not help",
    "Yes, it helped", "Where is this from?"]) {
    await page.keyboard.press("Shift+Tab");
    expect(await chat.focused()).toBe(before);
  }
  await page.keyboard.press("Enter");
  expect(await chat.host.locator("details[open]").count()).toBe(1);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement.shadowRoot.activeElement.className === "launcher");
  expect(await chat.launcher.innerText()).toBe("Continue your chat");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.shadowRoot.activeElement.id === "input");
});

test("every button can be reached with the Tab key", async () => {
  await visitStub();
  await chat.begin();
  await chat.say("Tell me three");
  await chat.say("My scar is hot");
  const all = await chat.host.evaluate((host) =>
    [...host.shadowRoot.querySelectorAll("button, a[href], input, summary")].filter((one) => one.checkVisibility()).length);
  const reached = new Set();
  for (let press = 0; press < all + 8; press += 1) {
    await chat.page.keyboard.press("Tab");
    reached.add(await chat.host.evaluate((host) => {
      const one = host.shadowRoot.activeElement;
      return one?.matches("button, a, input, summary") ? [...host.shadowRoot.querySelectorAll("*")].indexOf(one) : -1;
    }));
  }
  reached.delete(-1);
  expect(reached.size).toBe(all);
});

test("a screen reader hears every message once, with what may be pressed", async () => {
  await visitStub();
  await chat.begin();
  await listen();
  await chat.say("My scar is hot. What cream helps?");
  await chat.say("How is the weather?");
  expect(await heard()).toEqual([
    "Assistant: Please read this first If right now the place is hot, wet, smells, opens, bleeds, turns dark, or " +
      "you have a fever: call a doctor today. Creams and ointments can often make scars smaller. They work best " +
      "early, while the wound still heals. Please talk with a doctor about your own scar. Call Willow Lane Scar " +
      "Clinic at +1 212 555 0142, or book a visit: clinic.example/book (opens a new tab) " +
      "2 suggested replies: Sun and scars, Surgery or creams",
    "Assistant: I can only help with scars and scar surgery. I have no vetted answer to this. " +
      "2 suggested replies: What I can do, Talk with a person",
  ]);
  const roles = await chat.host.evaluate((host) =>
    [...host.shadowRoot.querySelectorAll("[aria-live], [role=log], [role=status], [role=alert]")].map((one) => one.className));
  expect(roles).toEqual(["unseen"]);
  const senders = await chat.messages.evaluateAll((all) => all.map((one) => one.querySelector(".unseen").textContent));
  expect(senders).toEqual(["You: ", "Assistant: ", "You: ", "Assistant: "]);
});

test("a reload brings the chat back, and tells it in one sentence", async () => {
  await visitStub();
  await chat.begin();
  await chat.say("What are the risks?");
  await chat.say("How is the weather?");
  const before = await chat.texts();
  await chat.page.reload();
  await chat.replies.nth(1).waitFor();
  expect(await chat.texts()).toEqual(before);
  expect(await chat.host.locator("[aria-live]").innerText()).toBe("Your chat is back. Messages: 2.");
  expect(await chat.page.evaluate(() => document.activeElement.tagName)).toBe("BODY");
});

test("the next page goes on: open beside it on a desk, behind its button on a phone", async () => {
  await visitStub();
  await chat.begin();
  await chat.say("What are the risks?");
  await chat.page.getByRole("link", { name: "Second page" }).click();
  await chat.replies.first().waitFor();
  await chat.say("How is the weather?");
  expect(await chat.said.count()).toBe(2);
  await chat.end();

  await visitStub(PHONE);
  await chat.begin();
  await chat.say("What are the risks?");
  await chat.page.goto(`${stub.address}/webhooks/webchat/visit.html`);
  await chat.page.waitForTimeout(300);
  expect(await chat.launcher.innerText()).toBe("Continue your chat");
  await chat.launcher.click();
  await chat.replies.first().waitFor();
});

test("two tabs show one conversation", async () => {
  await visitStub();
  await chat.begin();
  await chat.say("What are the risks?");
  const kept = await chat.page.evaluate(() => [sessionStorage.key(0), sessionStorage.getItem(sessionStorage.key(0))]);
  const other = await visit(browser, `${stub.address}/?other`);
  await other.page.evaluate(([key, value]) => sessionStorage.setItem(key, value), kept);
  await other.page.reload();
  await other.replies.first().waitFor();
  await other.say("How is the weather?");
  await chat.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await chat.replies.nth(1).waitFor();
  expect(await chat.texts()).toEqual(await other.texts());
  await chat.say("I cannot breathe");
  await other.say("My scar is hot");
  expect(await other.said.count()).toBe(4);
  expect(await other.texts(other.said)).toEqual(
    ["You: What are the risks?", "You: How is the weather?", "You: I cannot breathe", "You: My scar is hot"]);
  await other.end();
});

test("no evil reply, button, source or word of the patient becomes anything but text", async () => {
  await visitStub();
  await chat.begin();
  const pieces = [];
  for (let from = 0; from < EVIL.length; from += 12) pieces.push(EVIL.slice(from, from + 12));
  for (const some of pieces) {
    stub.answer = () => some.map((one) => ({
      text: `${one}\n\n${one} and **${one}**`,
      outcome: some.indexOf(one) % 2 ? "answered" : "safety",
      buttons: [{ id: "x", title: one }],
      phones: [{ label: one, number: one }],
      sources: [{ topic: "x", document: one, section: one, publisher: one, address: one, reviewed: one, by: one }],
    }));
    await chat.say(some[0].replaceAll("\n", " "));
    await chat.host.locator("details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
  }
  expect(EVIL.length).toBeGreaterThanOrEqual(40);
  const found = await chat.host.evaluate((host) => ({
    hit: window.hit,
    elements: [...new Set([...host.shadowRoot.querySelector("ol").querySelectorAll("*")].map((one) => one.localName))].sort(),
    links: [...host.shadowRoot.querySelectorAll("a[href]")].map((one) => one.protocol),
    listeners: [...host.shadowRoot.querySelectorAll("*")].flatMap((one) => [...one.attributes].map(({ name }) => name)).filter((one) => one.startsWith("on")),
  }));
  expect(found.hit).toBeUndefined();
  expect(new Set(found.links)).toEqual(new Set(["tel:", "https:", "http:"]));
  expect(found.listeners).toEqual([]);
  expect(found.elements).toEqual(["a", "b", "br", "button", "details", "div", "form", "input", "label", "li", "p", "path",
    "small", "span", "summary", "svg", "ul"]);
  expect(await chat.page.url()).toBe(`${stub.address}/`);
});

test("settings that are evil, wrong or unknown break nothing", async () => {
  stub.attributes = 'data-color="red;}*{display:none" data-position="top" data-title="<b>Ask</b>" data-language="xx" data-clinic="<i>C</i>" data-theme="x"';
  await visitStub();
  expect(await chat.launcher.innerText()).toBe("<b>Ask</b>");
  await chat.begin();
  expect(await chat.host.locator("#role").innerText()).toContain("<i>C</i>");
});

test("a long answer is scrolled so that the question and the first line of the answer are seen", async () => {
  for (const viewport of [{ width: 1280, height: 860 }, { width: 320, height: 568 }, { width: 320, height: 256 }]) {
    await visitStub({ viewport });
    await chat.begin();
    await chat.say("What are the risks?");
    await chat.say("Tell me three: cost, pain and recovery");
    await chat.still();
    const seen = (one) => one.evaluate((part) => {
      const { top, height } = part.getBoundingClientRect();
      const found = part.getRootNode().elementFromPoint(innerWidth / 2 < 400 ? 60 : innerWidth - 300, top + 12);
      return height > 0 && part.contains(found);
    });
    const first = chat.replies.last().locator("p").first();
    expect(await first.innerText()).toMatch(/^About cost:/);
    expect(await seen(first)).toBe(true);
    if (viewport.width > 320) await chat.end();
    else await chat.context.close();
    chat = undefined;
  }
});

test("a danger reply stands out and its numbers can be tapped", async () => {
  await visitStub(PHONE);
  await chat.begin();
  await chat.say("I cannot breathe");
  const card = chat.replies.last().locator(".danger");
  expect(await card.innerText()).toMatch(/^Get help now\n\nThis could be an emergency. Call 911 now/);
  const call = card.getByRole("link", { name: "Call 911 Emergency" });
  expect(await call.getAttribute("href")).toBe("tel:911");
  const { width, height } = await call.boundingBox();
  expect(width).toBeGreaterThan(250);
  expect(height).toBeGreaterThanOrEqual(44);
  expect(await chat.button("Yes, it helped").count()).toBe(0);
});

test("questions are suggested while typing, by the keys of a combobox", async () => {
  await visitStub();
  await chat.begin();
  const { input, host, page } = chat;
  await input.pressSequentially("wh");
  await page.waitForTimeout(400);
  expect(await input.getAttribute("aria-expanded")).toBe("false");
  await input.pressSequentially("at are");
  const options = host.getByRole("listbox", { name: "Matching questions" }).getByRole("option");
  await options.first().waitFor();
  expect(await options.allInnerTexts()).toEqual(["What are the risks?", "What are the risks of infection?"]);
  expect(await input.getAttribute("aria-expanded")).toBe("true");
  await page.keyboard.press("ArrowUp");
  expect(await input.getAttribute("aria-activedescendant")).toBe(await options.nth(1).getAttribute("id"));
  await page.keyboard.press("ArrowDown");
  expect(await input.getAttribute("aria-activedescendant")).toBeNull();
  await page.keyboard.press("Escape");
  expect(await options.first().isVisible()).toBe(false);
  expect(await chat.panel.isVisible()).toBe(true);
  expect(await input.inputValue()).toBe("what are");
  await input.press("Space");
  await input.pressSequentially("t");
  await options.first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await chat.replies.first().waitFor();
  expect(await chat.texts(chat.said)).toEqual(["You: What are the risks?"]);
  expect(await input.inputValue()).toBe("");

  await chat.option("Suggest questions as I type");
  await input.fill("");
  await input.pressSequentially("what are");
  await page.waitForTimeout(500);
  expect(await options.first().isVisible()).toBe(false);
  await page.reload();
  await chat.replies.first().waitFor();
  expect(await input.inputValue()).toBe("what are");
  await input.pressSequentially(" the");
  await page.waitForTimeout(500);
  expect(await options.first().isVisible()).toBe(false);
});

test("a clinic can switch suggestions off", async () => {
  stub.attributes = 'data-suggestions="off"';
  await visitStub();
  await chat.begin();
  await chat.input.pressSequentially("what are");
  await chat.page.waitForTimeout(500);
  expect(await chat.input.getAttribute("aria-expanded")).toBe("false");
  await chat.button("Chat options").click();
  expect(await chat.button("Suggest questions as I type").count()).toBe(0);
});

test("an answer can be judged, with a reason if the patient wants to give one", async () => {
  await visitStub();
  await chat.begin();
  await chat.say("What are the risks?");
  await chat.button("Yes, it helped").click();
  await chat.host.getByText("Thank you.").first().waitFor();
  await chat.button("No, it did not help").click();
  const why = chat.host.getByLabel("What was missing? You may skip this.");
  await why.fill("I wanted figures.");
  await why.press("Enter");
  await why.waitFor({ state: "hidden" });
  expect(stub.posts).toEqual([
    { number: 1, helped: true }, { number: 1, helped: false }, { number: 1, helped: false, reason: "I wanted figures." },
  ]);
  expect(await chat.button("No, it did not help").getAttribute("aria-pressed")).toBe("true");
  expect(await chat.button("Yes, it helped").getAttribute("aria-pressed")).toBe("false");
});

test("start over asks first, erases, and begins anew", async () => {
  await visitStub();
  await chat.begin();
  await chat.say("What are the risks?");
  await chat.option("Start over");
  expect(await chat.host.locator(".menu").innerText()).toBe("Start over? What was said is erased.\n\nYes, erase\nNo, keep it");
  await chat.button("No, keep it").click();
  expect(await chat.said.count()).toBe(1);
  await chat.option("Start over");
  await chat.button("Yes, erase").click();
  await chat.messages.first().waitFor({ state: "detached" });
  await chat.say("How is the weather?");
  expect(await chat.said.count()).toBe(1);
  await chat.page.reload();
  await chat.replies.first().waitFor();
  expect(await chat.said.count()).toBe(1);
});

test("end and erase forgets all, here and there; when it fails it says so", async () => {
  await visitStub();
  await chat.begin();
  await chat.say("What are the risks?");
  await chat.page.route("**/conversation", (route) => route.abort());
  await chat.option("End and erase");
  await chat.button("Yes, erase").click();
  await chat.notice.waitFor();
  expect(await chat.notice.innerText()).toBe("The chat could not be erased. It is still kept. Please try again.");
  expect(await chat.said.count()).toBe(1);
  await chat.page.unroute("**/conversation");
  await chat.input.fill("risks half typed");
  await chat.option("End and erase");
  await chat.button("Yes, erase").click();
  await chat.host.locator(".ended").waitFor();
  expect(await chat.panel.innerText()).toContain("Your chat is erased. Thank you for asking.");
  expect(await chat.messages.count()).toBe(0);
  expect(await chat.page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toMatch(/token-|risks/);
  await chat.button("I agree, start the chat").click();
  await chat.say("How is the weather?");
});

test("the chat can be downloaded and printed, and is sent nowhere for that", async () => {
  await visitStub();
  await chat.begin();
  await chat.say("What are the risks?");
  const waiting = chat.page.waitForEvent("download");
  await chat.option("Download this chat");
  const text = readFileSync(await (await waiting).path(), "utf8");
  expect(text).toMatch(/^Chat with the automated assistant of Willow Lane Scar Clinic, /);
  expect(text).toContain("You: What are the risks?\n\nAssistant: Scar revision has risks, as all surgery does.");
  expect(text).toContain("[Scar revision surgery, Risks. A public medical encyclopedia]");
  expect(text).not.toContain("**");
  const opening = chat.context.waitForEvent("page");
  await chat.context.addInitScript(() => (window.print = () => {}));
  await chat.option("Print this chat");
  const printed = await opening;
  const said = (one) => one.slice(one.indexOf("You: ")).trim();
  expect(said(await printed.locator("pre").innerText())).toBe(said(text));
  await printed.close();
});

test("on a phone the page behind is out of reach, and comes back", async () => {
  await visitStub(PHONE);
  await chat.open();
  const inert = () => chat.page.evaluate(() => document.querySelector("main").inert);
  expect(await inert()).toBe(true);
  expect(await chat.panel.getAttribute("aria-modal")).toBe("true");
  await chat.still();
  const box = await chat.panel.boundingBox();
  expect([box.x, box.y, box.width, box.height]).toEqual([0, 0, 390, 844]);
  await chat.page.setViewportSize({ width: 1280, height: 860 });
  await chat.page.waitForFunction(() => !document.querySelector("main").inert);
  expect(await chat.panel.getAttribute("aria-modal")).toBe("false");
  await chat.page.setViewportSize({ width: 390, height: 844 });
  await chat.page.waitForFunction(() => document.querySelector("main").inert);
  await chat.button("Close chat").click();
  expect(await inert()).toBe(false);
  expect(await chat.focused()).toBe("Ask about scars");
});

test("an answer that comes after closing is told on the launcher", async () => {
  await visitStub();
  await chat.begin();
  stub.delay = 60_000;
  await chat.input.fill("What are the risks?");
  await chat.input.press("Enter");
  await chat.host.locator(".typing").waitFor();
  await chat.page.keyboard.press("Escape");
  expect(await chat.launcher.innerText()).toBe("Continue your chat");
  stub.answerNow();
  await chat.host.getByText("New answer").waitFor();
  await chat.launcher.click();
  expect(await chat.replies.count()).toBe(1);
});

test("nothing on the page or in the chat shifts", async () => {
  stub.page = "<p>A line.</p>".repeat(80);
  await visitStub();
  await chat.page.evaluate(() => {
    window.shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((one) => (window.shift += one.hadRecentInput ? 0 : one.value)))
      .observe({ type: "layout-shift", buffered: true });
  });
  stub.delay = 700; // so that nothing counts as caused by a key just pressed
  await chat.begin();
  await chat.page.waitForTimeout(700);
  await chat.say("What are the risks?");
  await chat.say("Tell me three");
  await chat.page.waitForTimeout(300);
  await chat.page.reload();
  await chat.replies.nth(1).waitFor();
  await chat.page.waitForTimeout(300);
  expect(await chat.page.evaluate(() => window.shift ?? 0)).toBe(0);
});

test("colors, side, title, clinic and language are the clinic's to choose", async () => {
  stub.attributes = 'data-color="#ffd400" data-position="left" data-title="Fragen?" data-clinic="Clinic X" data-language="es" data-theme="dark"';
  await visitStub();
  expect(await chat.launcher.innerText()).toBe("Fragen?");
  expect((await chat.launcher.boundingBox()).x).toBe(20);
  await chat.open();
  const text = await chat.panel.innerText();
  expect(text).toContain("Asistente automático, no es médico\nClinic X");
  expect(text).toContain("En una emergencia, llame al 911.");
  expect((await chat.panel.boundingBox()).x).toBe(20);
  const paper = await chat.panel.evaluate((one) => getComputedStyle(one).backgroundColor);
  expect(paper).toBe("rgb(26, 33, 34)");
  expect(await chat.host.getAttribute("title")).toBeNull();
});

test("when the chat cannot be loaded the launcher says so, and tries again", async () => {
  await visitStub();
  await chat.page.route("**/scar-chat-core.js*", (route) => route.abort());
  await chat.launcher.click();
  await chat.host.getByText("Chat did not load. Try again").waitFor();
  await chat.page.unroute("**/scar-chat-core.js*");
  await chat.open();
});

test("a page with an element of its own gets no second one, and can drive it", async () => {
  stub.page = '<scar-chat title="Own"></scar-chat>';
  await visitStub();
  expect(await chat.host.count()).toBe(1);
  await chat.page.evaluate(() => {
    window.told = [];
    for (const one of ["scar-chat-open", "scar-chat-close"]) document.querySelector("scar-chat").addEventListener(one, () => window.told.push(one));
  });
  await chat.page.evaluate(() => document.querySelector("scar-chat").open());
  await chat.panel.waitFor();
  await chat.page.evaluate(() => document.querySelector("scar-chat").close());
  expect(await chat.page.evaluate(() => window.told)).toEqual(["scar-chat-open", "scar-chat-close"]);
  await chat.page.evaluate(() => document.querySelector("scar-chat").remove());
});

test("as a module it is the same chat", async () => {
  stub.page = `<script type="module" src="/webhooks/webchat/module.js"></script>
    <scar-chat server="/webhooks/webchat/" language="es"></scar-chat>`;
  stub.script = "";
  await visitStub();
  await chat.begin();
  await chat.say("What are the risks?");
  expect(await chat.launcher.getAttribute("aria-expanded")).toBe("true");
  expect(await chat.panel.innerText()).toContain("¿De dónde viene esto?");
});
