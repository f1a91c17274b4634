//! What journeys through the pages share: expectations that are counted, and hands that click, choose and look.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { looked } from "./looks.mjs";

export const config = JSON.parse(process.argv[2]);
export const program = process.env.GREENLIEN_CHROMIUM ?? "chromium";
export const file = (name) => join(config.folder, name);
export const by = (id) => `document.getElementById(${JSON.stringify(id)})`;
export const open = (page, path) => page.open(`${config.address}${path}`);
export const text = (page, selector = "main") =>
  page.value(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ""`);

let failed = 0;

export function expect(holds, what) {
  console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
  if (!holds) failed += 1;
}

export async function there(page, id) {
  await page.until(`${by(id)} !== null`, `#${id}`);
}

export async function click(page, id) {
  await there(page, id);
  await page.value(`${by(id)}.click()`);
}

export async function choose(page, id, value) {
  await there(page, id);
  await page.value(`{ const one = ${by(id)}; one.value = ${JSON.stringify(value)}; one.dispatchEvent(new Event("change")); }`);
}

export async function type(page, id, value) {
  await there(page, id);
  await page.value(`${by(id)}.value = ${JSON.stringify(value)}`);
}

/// Clicks what opens another page, and waits for it.
export async function follow(page, selector) {
  await page.until(`document.querySelector(${JSON.stringify(selector)}) !== null`, selector);
  await page.arrives(() => page.value(`document.querySelector(${JSON.stringify(selector)}).click()`));
}

/// Lets a page find no room for drafts, as in a browser that is full or keeps nothing.
export function keepsNoDrafts(page) {
  return page.value(`{ const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (name, ...more) {
      if (name === "greenlien-drafts") throw new DOMException("full", "QuotaExceededError");
      return open.call(this, name, ...more);
    }; undefined; }`);
}

/// Looks at the page as it stands, and keeps a picture of it where pictures are made.
export async function look(page, what) {
  if (config.out) writeFileSync(join(config.out, `${what}.png`), await page.picture(1_600));
  const faults = await looked(page);
  expect(faults.length === 0, `${what}: looks well (${faults.join("; ")})`);
}

/// Ends the journey: nothing was asked of anybody else, no browser complained but of what was meant, and all expectations held.
export function arrive(pages, isMeant = () => false) {
  const requests = pages.flatMap((page) => [...page.requests]);
  const sent = requests.filter((url) => !url.startsWith(config.address) && !url.startsWith("data:"));
  expect(sent.length === 0, `nothing is sent elsewhere: ${sent.join(" ")}`);
  const complaints = pages.flatMap((page) => [...page.complaints]).filter((one) => !isMeant(one));
  expect(complaints.length === 0, `no browser complains: ${complaints.join("; ")}`);
  process.exitCode = failed === 0 ? 0 : 1;
}
