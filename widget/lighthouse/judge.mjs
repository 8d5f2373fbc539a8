// What Lighthouse says of the demo page with the chat on it, and of the page without the chat.
// Prints one line of JSON: the scores with the chat, and what performance the chat costs.

import lighthouse from "lighthouse";
import { chromium } from "../node_modules/playwright-core/index.mjs";

const { SCARWISE_PAGE: PAGE, CHROMIUM } = process.env;
const RUNS = 3;
const port = 9000 + (process.pid % 1000);
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", `--remote-debugging-port=${port}`],
});

/** The median of each score, 0 to 100, and of the layout shift. */
async function judged(blockedUrlPatterns) {
  const all = [];
  for (let run = 0; run < RUNS; run += 1) {
    const onlyCategories = ["performance", "accessibility", "best-practices"];
    const { lhr } = await lighthouse(PAGE, { port, logLevel: "error", onlyCategories, blockedUrlPatterns });
    const scores = Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(score * 100)]);
    all.push(Object.fromEntries([...scores, ["shift", lhr.audits["cumulative-layout-shift"].numericValue]]));
  }
  const middle = (name) => all.map((one) => one[name]).sort((a, b) => a - b)[Math.floor(RUNS / 2)];
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, middle(name)]));
}

const alone = await judged(["*scar-chat*"]);
const chat = await judged([]);
await browser.close();
console.log(JSON.stringify({ ...chat, cost: alone.performance - chat.performance }));
