//! Draws the first page of a PDF with chromium's own viewer and writes it as gray pixels (PGM), for whoever decodes what is on it.

import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { Browser } from "./chromium.mjs";

const config = JSON.parse(process.argv[2]);
const browser = new Browser(process.env.GREENLIEN_CHROMIUM ?? "chromium");

const STABLE_ROUNDS = 3;
const ROUNDS_MAX = 240;

/// Pictures of the viewer until several in a row are the same and show more than an empty page.
async function picture(page) {
  let before = "";
  let same = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { data } = await page.send("Page.captureScreenshot", { format: "png" });
    same = data === before ? same + 1 : 0;
    before = data;
    const png = Buffer.from(data, "base64");
    if (same >= STABLE_ROUNDS && await isDrawn(png)) return png;
  }
  throw new Error("the PDF is never drawn");
}

const helper = await browser.page();

/// Says whether a picture shows a page, which is mostly white, and something dark on it.
async function isDrawn(png) {
  const { width, height, rgba } = await helper.pixels(png);
  let [white, dark] = [0, 0];
  for (let at = 0; at < width * height; at += 1) {
    if (rgba[4 * at + 1] > 250) white += 1;
    if (rgba[4 * at + 1] < 64) dark += 1;
  }
  return white > (width * height) / 4 && dark > 1_000;
}

const page = await browser.page();
await page.size(2_400, 700, 1);
await page.send("Page.navigate", { url: `${pathToFileURL(config.pdf).href}#toolbar=0&navpanes=0&view=FitH` });
const { width, height, rgba } = await helper.pixels(await picture(page));
const gray = Buffer.alloc(width * height);
gray.forEach((_, at) => { gray[at] = rgba[4 * at + 1]; });
writeFileSync(config.out, Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), gray]));
await browser.close();
