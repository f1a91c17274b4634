//! Draws the first page of a PDF with chromium's own viewer and writes it as gray pixels (PGM), for whoever decodes what is on it.

import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { Browser } from "./chromium.mjs";

const config = JSON.parse(process.argv[2]);
const browser = new Browser(process.env.GREENLIEN_CHROMIUM ?? "chromium");

const STABLE_ROUNDS = 3;
const ROUNDS_MAX = 60;

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
    if (same >= STABLE_ROUNDS && (await dark(png)) > 1_000) return png;
  }
  throw new Error("the PDF is never drawn");
}

const helper = await browser.page();

/// How many pixels in the middle of a picture, where the page lies, are dark.
async function dark(png) {
  const { width, height, rgba } = await helper.pixels(png);
  let count = 0;
  for (let at = Math.floor(height / 4) * width; at < Math.floor(height / 2) * width; at += 1) {
    const column = at % width;
    if (column > width / 3 && column < (2 * width) / 3 && rgba[4 * at + 1] < 64) count += 1;
  }
  return count;
}

const page = await browser.page();
await page.size(2_400, 3_400, 1);
await page.send("Page.navigate", { url: `${pathToFileURL(config.pdf).href}#toolbar=0&navpanes=0&view=FitH` });
const { width, height, rgba } = await helper.pixels(await picture(page));
const gray = Buffer.alloc(width * height);
gray.forEach((_, at) => { gray[at] = rgba[4 * at + 1]; });
writeFileSync(config.out, Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), gray]));
await browser.close();
