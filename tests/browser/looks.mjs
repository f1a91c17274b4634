//! What every page must meet wherever it is looked at: the rules of axe, in light and dark, and the width of phones.

import { readFileSync } from "node:fs";

const axe = readFileSync(new URL("./vendor/axe.min.js", import.meta.url), "utf8");

/// What axe finds, as texts.
export async function violations(page) {
  await page.value(`${axe}; true`);
  const found = await page.value("axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.map("
    + "(one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ').slice(0, 300)}`))");
  return found;
}

/// Days that stand in flowing text without being kept on one line, and words that are meant to be kept and are not.
const BROKEN = "(() => { const found = [...document.querySelectorAll('.nb')].filter((one) => one.getClientRects().length > 1).map((one) => one.textContent);"
  + " const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);"
  + " for (let node = walker.nextNode(); node; node = walker.nextNode()) {"
  + " const day = /[0-9]{4}-[0-9]{2}-[0-9]{2}/.exec(node.data);"
  + " if (day && !node.parentElement.closest('.nb, pre, textarea, option, svg, script, title, .payload')) found.push(day[0]); }"
  + " return found; })()";

/// What is wrong with how a page looks, light and dark, wide and narrow.
export async function looked(page) {
  const faults = [];
  for (const isDark of [false, true]) {
    await page.dark(isDark);
    faults.push(...(await violations(page)).map((violation) => `${isDark ? "dark: " : ""}${violation}`));
  }
  await page.dark(false);
  for (const width of [320, 360]) {
    await page.size(width, 800);
    const needed = await page.value("document.documentElement.scrollWidth");
    if (needed > width) faults.push(`${needed} pixels wide on a phone of ${width}`);
  }
  const broken = await page.value(BROKEN);
  if (broken.length > 0) faults.push(`a day or number breaks: ${broken.slice(0, 3).join(", ")}`);
  await page.size(1280, 900);
  return faults;
}
