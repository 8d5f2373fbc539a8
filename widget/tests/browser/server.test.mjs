// Whole conversations with the real server, on the demo clinic's page and on another website.
//
// SCARWISE_PAGE is the demo page; SCARWISE_WEBSITE an address that clinic.yml names, where nobody
// serves yet; POST to SCARWISE_KILL kills the server with -9, and it comes back by itself.

import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { launch, many, visit } from "./chat.mjs";

const { SCARWISE_PAGE: PAGE, SCARWISE_WEBSITE: WEBSITE, SCARWISE_KILL: KILL } = process.env;
const RISKS = "Scar revision has risks, as all surgery does.";
let browser;
let chat;

beforeAll(async () => {
  browser = await launch();
});
afterEach(async () => {
  if (!chat) return;
  const found = [...chat.faults, ...(await chat.violations())];
  await chat.end();
  chat = undefined;
  expect(found).toEqual([]);
});
afterAll(() => browser.close());

test("a patient's whole visit", async () => {
  chat = await visit(browser, PAGE);
  const { page, host } = chat;
  await page.getByRole("button", { name: "Ask our assistant" }).click();
  await chat.panel.waitFor();
  expect(await chat.panel.innerText()).toContain("I am the automated assistant of Willow Lane Scar Clinic.");
  await chat.button("I agree, start the chat").click();
  await chat.button("What are the risks?").click();
  await chat.replies.first().waitFor();
  expect((await chat.texts(chat.replies))[0]).toContain(RISKS);
  expect((await chat.texts(chat.replies))[0]).not.toContain("Source:");

  await host.getByText("Where is this from?").click();
  const source = await host.locator("details li").first().innerText();
  expect(source).toContain("Scar revision surgery");
  expect(source).toMatch(/Checked on \w+ \d+, \d{4} \(.+\)/);

  await chat.button("Risk of infection").click();
  await chat.replies.nth(1).waitFor();
  expect((await chat.texts())[2]).toBe("You: Risk of infection");
  expect((await chat.texts(chat.replies))[1].toLowerCase()).toContain("infection");
  await chat.button("No, it did not help").last().click();
  await host.getByLabel("What was missing? You may skip this.").last().fill("More figures");
  await page.keyboard.press("Enter");
  await host.locator(".helped").getByText("Thank you.").waitFor();

  await chat.say("How much does it cost, does it hurt, and how long is the recovery?");
  const bold = await chat.replies.last().locator("p b").allInnerTexts();
  expect(bold).toEqual(["About cost:", "About pain:", "About recovery:"]);

  await chat.say("I cannot breathe");
  const card = chat.replies.last().locator(".danger");
  expect(await card.innerText()).toContain("This could be an emergency.");
  expect(await card.getByRole("link", { name: "Call 911" }).first().getAttribute("href")).toBe("tel:911");

  await chat.say("My scar is red and hot, what creams help?");
  expect(await chat.replies.last().locator(".note a").first().getAttribute("href")).toBe("tel:+12125550142");

  await chat.input.pressSequentially("laser");
  await host.getByRole("option").first().waitFor();
  await page.keyboard.press("ArrowDown");
  const question = await host.locator("[aria-selected=true]").innerText();
  await page.keyboard.press("Enter");
  await chat.replies.nth(5).waitFor();
  expect((await chat.texts(chat.said)).at(-1)).toBe(`You: ${question}`);

  const words = () => chat.texts(host.locator("ol > li > p, ol .bubble p"));
  const before = await words();
  await page.getByRole("navigation").getByRole("link", { name: "Your visit" }).click();
  await chat.replies.nth(5).waitFor();
  expect(await words()).toEqual(before);
  await chat.option("End and erase");
  await chat.button("Yes, erase").click();
  await host.locator(".ended").waitFor();
  await page.reload();
  expect(await chat.launcher.innerText()).toBe("Ask about scars");
});

test("a button that was offered long ago still works", async () => {
  chat = await visit(browser, PAGE);
  await chat.begin();
  await chat.say("What are the risks?");
  await chat.say("hello");
  await chat.button("Risk of infection").click();
  await chat.replies.nth(2).waitFor();
  expect((await chat.texts(chat.replies))[2].toLowerCase()).toContain("infection");
});

test("a call back is asked for, and saved", async () => {
  chat = await visit(browser, PAGE);
  await chat.begin();
  await chat.say("I want to book a visit");
  await chat.button("Ask for a call back").click();
  await chat.replies.nth(1).waitFor();
  await chat.say("Ana Lee");
  await chat.say("212 555 0199");
  await chat.button("Morning").click();
  await chat.replies.nth(4).waitFor();
  expect((await chat.texts(chat.replies))[4]).toContain("Name: Ana Lee Phone: 212 555 0199 Best time: Morning");
  await chat.button("Send it").click();
  await chat.replies.nth(5).waitFor();
  expect((await chat.texts(chat.replies))[5]).toContain("Your request is saved.");
});

test("who asks to be forgotten begins anew", async () => {
  chat = await visit(browser, PAGE);
  await chat.begin();
  await chat.say("What are the risks?");
  await chat.input.fill("forget me");
  await chat.input.press("Enter");
  await chat.replies.getByText("This chat is deleted.").waitFor();
  await chat.input.fill("What are the risks?");
  await chat.input.press("Enter");
  await chat.messages.nth(2).waitFor({ state: "detached" });
  await chat.replies.getByText(RISKS).waitFor();
  const anew = await chat.texts();
  expect(anew).toHaveLength(2);
  await chat.page.reload();
  await chat.replies.first().waitFor();
  expect(await chat.texts()).toEqual(anew);
});

test("a reload in the middle of a turn loses nothing", async () => {
  chat = await visit(browser, PAGE);
  await chat.begin();
  await chat.input.fill("What are the risks?");
  await chat.input.press("Enter");
  await chat.page.reload();
  await chat.replies.first().waitFor();
  expect(await chat.texts(chat.said)).toEqual(["You: What are the risks?"]);
  expect((await chat.texts(chat.replies))[0]).toContain(RISKS);
});

test("a slow network delays, and does no more", async () => {
  chat = await visit(browser, PAGE);
  const network = await chat.context.newCDPSession(chat.page);
  await network.send("Network.emulateNetworkConditions",
    { offline: false, latency: 900, downloadThroughput: 6000, uploadThroughput: 3000 });
  await chat.begin();
  await chat.input.fill("What are the risks?");
  await chat.input.press("Enter");
  await chat.host.locator(".typing").waitFor();
  await chat.replies.first().waitFor();
  expect(await chat.host.locator(".typing").isVisible()).toBe(false);
  expect((await chat.texts(chat.replies))[0]).toContain(RISKS);
});

test("another website that the clinic named shows the chat, and one that it did not name does not", async () => {
  const embed = `<!doctype html><html lang="en"><title>W</title><script src="${PAGE}scar-chat.js" defer></script><h1>W</h1>`;
  const serve = (port) => new Promise((resolve) => {
    const site = createServer((_, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end(embed);
    }).listen(port, "127.0.0.1", () => resolve(site));
  });
  const [named, other] = [await serve(new URL(WEBSITE).port), await serve(0)];
  chat = await visit(browser, WEBSITE);
  await chat.begin();
  await chat.say("What are the risks?");
  expect((await chat.texts(chat.replies))[0]).toContain(RISKS);
  expect(await chat.context.cookies()).toEqual([]);
  expect(chat.faults.filter((one) => !one.startsWith(`request to ${PAGE}`))).toEqual([]);
  await chat.end();
  const refused = await visit(browser, `http://127.0.0.1:${other.address().port}`);
  await refused.launcher.click();
  await refused.host.getByText("Chat did not load. Try again").waitFor();
  await refused.end();
  chat = undefined;
  named.close();
  other.close();
});

const QUESTIONS = ["What are the risks?", "How much does it cost?", "Does it hurt?", "How long is the recovery?",
  "Do scar creams work?", "What is laser treatment?", "Who does the surgery?", "What is scar revision?"];
/** Ways to lose the network around one message; each resolves when the network is back. */
const CUTS = {
  async before(page) {
    await page.route("**/messages", (route) => route.abort(), { times: 1 });
  },
  async after(page) {
    await page.route("**/messages", async (route) => {
      await route.fetch().catch(() => {});
      await route.abort();
    }, { times: 1 });
  },
  async away(page) {
    await page.context().setOffline(true);
    return async () => {
      await page.waitForTimeout(1200);
      await page.context().setOffline(false);
    };
  },
  async gone(page) {
    return async () => page.reload();
  },
  async kill() {
    return async () => {
      await fetch(KILL, { method: "POST" });
    };
  },
};

test("no cut of the network and no kill of the server loses or doubles a message", async () => {
  chat = await visit(browser, PAGE);
  const { page } = chat;
  await chat.begin();
  const cuts = many(20, 6);
  const kinds = Object.keys(CUTS);
  const said = [];
  let slowest = 0;
  for (let at = 0; at < cuts; at += 1) {
    const kind = at === 4 || at === 14 ? "kill" : kinds[Math.floor(Math.random() * 4)];
    const question = QUESTIONS[at % QUESTIONS.length];
    const back = await CUTS[kind](page);
    await chat.input.fill(question);
    await chat.input.press("Enter");
    said.push(`You: ${question}`);
    await back?.();
    const since = Date.now();
    await chat.replies.nth(at).waitFor({ timeout: 90_000 });
    if (kind !== "kill") slowest = Math.max(slowest, Date.now() - since);
    expect(await chat.texts(chat.said), `${at} ${kind}`).toEqual(said);
    expect(await chat.replies.count()).toBe(said.length);
  }
  const all = await chat.texts();
  await page.reload();
  await chat.replies.nth(cuts - 1).waitFor();
  expect(await chat.texts()).toEqual(all);
  console.log(`figure: cuts of the network and kills of the server: ${cuts}, 0 lost, 0 doubled, resumed within ${slowest} ms`);
  expect(slowest).toBeLessThanOrEqual(5000);
}, 600_000);
