//! Every page of the registry in chromium, in both languages: the rules of axe, no complaint of the browser, no request to
//! the outside, and everything that can be used reached and seen by keyboard.

import { Browser } from "./chromium.mjs";
import { looked } from "./looks.mjs";
import { lostOnPaper } from "./paper.mjs";

const config = JSON.parse(process.argv[2]);
const browser = new Browser(process.env.GREENLIEN_CHROMIUM ?? "chromium");
const faults = [];

// What lies in a closed <details> is no stop before that is opened.
const STOPS = "[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex=\"0\"]')]"
  + ".filter((one) => (one.offsetParent !== null && one.checkVisibility()) || one.classList.contains('skip')).length";
const FOCUSED = "(() => { const one = document.activeElement; if (one === document.body) return null;"
  + " const style = getComputedStyle(one); const box = one.getBoundingClientRect();"
  + " return { what: one.outerHTML.slice(0, 80), seen: style.outlineStyle !== 'none' && box.width > 0, below: box.bottom > 0 }; })()";

/// Walks over a page with the tab key alone: every stop is reached, once each, and shows that it has the focus.
async function walk(page, path) {
  const stops = await page.value(STOPS);
  await page.value("document.activeElement.blur()");
  const reached = [];
  for (let at = 0; at <= stops + 2; at += 1) {
    await page.press("Tab");
    const stop = await page.value(FOCUSED);
    if (stop === null) break;
    if (!stop.seen) faults.push(`${path}: no visible focus on ${stop.what}`);
    reached.push(stop.what);
  }
  if (reached.length < stops) faults.push(`${path}: ${reached.length} of ${stops} stops are reached by keyboard`);
}

async function tabTo(page, selector) {
  if (await page.tabsTo(selector)) return true;
  faults.push(`${selector} is never reached by keyboard`);
  return false;
}

/// Waits for the page that a key press opens.
async function follow(page, what) {
  const address = await page.value("location.href");
  await page.press("Enter", "Enter", "\r");
  await page.until(`location.href !== ${JSON.stringify(address)} && document.readyState === "complete"`, what);
}

/// From the first page to an answer by keyboard alone: search for a right, ask about it, read what is said.
async function journey(page, language) {
  await page.open(`${config.address}/?lang=${language}`);
  if (!await tabTo(page, "#q")) return;
  await page.send("Input.insertText", { text: config.right });
  await follow(page, "the right that was searched for");
  if (!await tabTo(page, `main a[href^="/check?right="]`)) return;
  await follow(page, "the question about it");
  if (!await tabTo(page, "#pledgee")) return;
  await page.send("Input.insertText", { text: config.pledgee });
  if (!await tabTo(page, "#quantity")) return;
  await page.send("Input.insertText", { text: "7" });
  await follow(page, "the answer");
  const said = await page.value("document.querySelector('.conclusion .answer')?.textContent ?? ''");
  if (said.trim() === "") faults.push(`the question by keyboard has no answer in ${language}`);
  else console.log(`by keyboard, ${language}: ${said.trim()}`);
}

/// On a phone the menu is closed until it is asked for, by keyboard as by finger.
async function menu(page) {
  await page.size(360, 800);
  await page.open(`${config.address}/?lang=zh`);
  const isOpen = "document.querySelector('header nav').offsetParent !== null";
  if (await page.value(isOpen)) faults.push("the menu is open on a phone before it is asked for");
  if (!await tabTo(page, "#menu-box")) return;
  await page.press(" ", "Space", " ");
  if (!await page.value(isOpen)) faults.push("the space bar does not open the menu on a phone");
  const wide = await page.value("document.documentElement.scrollWidth");
  if (wide > 360) faults.push(`the open menu is ${wide} pixels wide on a phone of 360`);
  await page.size(1280, 900);
}

const page = await browser.page();
await page.clock(config.now);
await menu(page);
for (const language of ["zh", "en"]) await journey(page, language);
for (const path of config.paths) {
  for (const language of ["zh", "en"]) {
    const address = `${config.address}${path}${path.includes("?") ? "&" : "?"}lang=${language}`;
    page.complaints.length = 0;
    await page.open(address);
    // A page that asks the register for more has other stops before it is whole.
    await page.until("!document.querySelector('[aria-busy=\"true\"]')", `${path} as a whole`);
    // What axe does to the page is its own; complaints are taken before.
    faults.push(...page.complaints.map((complaint) => `${path} ${language}: ${complaint}`));
    if (language === "zh") await walk(page, path);
    const width = await page.value("document.documentElement.scrollWidth");
    faults.push(...(await looked(page)).map((fault) => `${path} ${language}: ${fault}`));
    faults.push(...(await lostOnPaper(page)).map((lost) => `${path} ${language}: printed, ${lost} is cut at the right`));
    console.log(`${path} ${language}: ${width} pixels wide, looked at`);
  }
}
const outside = page.requests.filter((url) => !url.startsWith(config.address) && !/^(?:data|about):/.test(url));
faults.push(...outside.map((url) => `a request to the outside: ${url}`));
await browser.close();
for (const fault of new Set(faults)) console.log(`FAIL ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
