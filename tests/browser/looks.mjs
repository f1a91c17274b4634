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

/// Days that stand in flowing text without being kept on one line, and words that are meant to be kept and are not: they lie on
/// several lines. A first letter with a style of its own is a box of its own on the same line.
const BROKEN = "(() => { const lines = (one) => new Set([...one.getClientRects()].map((box) => Math.round(box.top))).size;"
  + " const found = [...document.querySelectorAll('.nb')].filter((one) => lines(one) > 1).map((one) => one.textContent);"
  + " const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);"
  + " for (let node = walker.nextNode(); node; node = walker.nextNode()) {"
  + " const day = /[0-9]{4}-[0-9]{2}-[0-9]{2}/.exec(node.data);"
  + " if (day && !node.parentElement.closest('.nb, pre, textarea, option, svg, script, title, .payload')) found.push(day[0]); }"
  + " return found; })()";

/// A menu of one line: two lines of links are higher than this.
const HEAD_MAX = 64;
const HEAD = "document.querySelector('header.top')?.getBoundingClientRect().height ?? 0";

/// Tables and pictures that must be moved sideways to be read.
const SIDEWAYS = "[...document.querySelectorAll('main .scroll, main .picture, main table')].filter((one) => one.checkVisibility()"
  + " && (one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth + 1)).map((one) => { const end = one.getBoundingClientRect().right + 1;"
  + " const wide = [...one.querySelectorAll('*')].filter((part) => part.getBoundingClientRect().right > end).at(-1);"
  + " return `${one.getAttribute('aria-label') ?? one.className} (${wide?.outerHTML.slice(0, 120)})`; })";

/// What is wrong with how a page looks, light and dark, wide and narrow.
export async function looked(page) {
  const faults = [];
  for (const isDark of [false, true]) {
    await page.dark(isDark);
    faults.push(...(await violations(page)).map((violation) => `${isDark ? "dark: " : ""}${violation}`));
  }
  await page.dark(false);
  await page.size(1280, 900);
  const head = await page.value(HEAD);
  if (head > HEAD_MAX) faults.push(`the head is ${head} pixels high: the menu takes more than one line`);
  for (const width of [320, 360]) {
    await page.size(width, 800);
    const needed = await page.value("document.documentElement.scrollWidth");
    const sideways = await page.value(SIDEWAYS);
    if (sideways.length > 0) faults.push(`on a phone of ${width} to be moved sideways: ${sideways.slice(0, 3).join(", ")}`);
    if (needed > width) faults.push(`${needed} pixels wide on a phone of ${width}`);
  }
  const broken = await page.value(BROKEN);
  if (broken.length > 0) faults.push(`a day or number breaks: ${broken.slice(0, 3).join(", ")}`);
  await page.size(1280, 900);
  return faults;
}
