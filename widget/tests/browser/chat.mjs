// How the tests see and use the chat, as a patient would: by what can be read and pressed.

import { chromium } from "playwright-core";

export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** How many of something: the first for `make torture`, a share of it for TORTURE=0.1, else the second. */
export const many = (full, small) => Math.max(Math.round(full * Number(process.env.TORTURE || 0)), small);

export const launch = (...more) => chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...more] });

/** A page that notes every error, every refused script or style, and every request elsewhere. */
export async function visit(browser, address, { script, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (line) => {
    if (/Content.Security.Policy|Trusted ?Type/i.test(line.text())) faults.push(line.text());
  });
  page.on("request", (one) => {
    if (new URL(one.url()).origin !== new URL(address).origin && !one.url().startsWith("blob:")) {
      faults.push(`request to ${one.url()}`);
    }
  });
  if (script) await context.addInitScript({ path: script });
  await context.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (one) =>
      window.violations.push(`${one.violatedDirective} ${one.blockedURI}`),
    );
  });
  await page.goto(address);
  return new Chat(page, context, faults);
}

export class Chat {
  constructor(page, context, faults) {
    Object.assign(this, { page, context, faults });
    this.host = page.locator("scar-chat");
    this.launcher = this.host.locator(".launcher");
    this.panel = this.host.locator(".panel");
    this.input = this.host.getByRole("combobox");
    this.messages = this.host.locator("ol > li");
    this.replies = this.host.locator("ol > li:not(.patient)");
    this.said = this.host.locator("ol > li.patient");
    this.notice = this.host.locator(".notice");
  }

  button(name) {
    return this.host.getByRole("button", { name, exact: true });
  }

  async open() {
    await this.launcher.click();
    await this.panel.waitFor();
  }

  /** Open it and agree. */
  async begin() {
    await this.open();
    await this.host.locator(".main").click();
    await this.input.waitFor();
  }

  /** Say something and wait for the reply to it. */
  async say(text) {
    const before = await this.replies.count();
    await this.input.fill(text);
    await this.input.press("Enter");
    await this.replies.nth(before).waitFor({ timeout: 40_000 });
  }

  async option(name) {
    await this.button("Chat options").click();
    await this.button(name).click();
  }

  /** Everything that stands in the list, as text. */
  texts(which = this.messages) {
    return which.evaluateAll((all) => all.map((one) => one.innerText.replace(/\s+/g, " ").trim()));
  }

  violations() {
    return this.page.evaluate(() => window.violations);
  }

  focused() {
    return this.page.evaluate(() => {
      const inner = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
      return inner.getAttribute("aria-label") || inner.innerText.replace(/\s+/g, " ") || inner.id;
    });
  }

  /** Wait until what moves stands still. */
  async still() {
    await this.page.waitForFunction(() =>
      document.querySelector("scar-chat").shadowRoot.getAnimations().every((one) => {
        return one.effect.getTiming().iterations === Infinity || one.playState !== "running";
      }),
    );
  }

  end() {
    return this.context.close();
  }
}
