//! Pictures of the main pages, of a demonstration's registry, for the READMEs: each is a page that a person would see.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Browser } from "./chromium.mjs";
import { smallPng } from "./png.mjs";

const config = JSON.parse(process.argv[2]);
const browser = new Browser(process.env.GREENLIEN_CHROMIUM ?? "chromium");
/// What a README may carry.
const BYTES_MAX = 150_000;
const json = async (path) => (await fetch(`${config.address}${path}`)).json();

/// Keeps a picture of a page, from its top or from an element on.
async function keep(page, name, height, from = "body") {
  // A picture of a page that is still being drawn would change from run to run.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const top = await page.value(`Math.max(0, Math.floor(document.querySelector(${JSON.stringify(from)}).getBoundingClientRect().top + scrollY))`);
  const { width, height: rows, rgba } = await helper.pixels(await page.picture(height, top));
  const png = smallPng(width, rows, rgba);
  writeFileSync(join(config.out, `${name}.png`), png);
  console.log(`${name}.png: ${png.length} bytes`);
  if (png.length > BYTES_MAX) throw new Error(`${name}.png is larger than ${BYTES_MAX} bytes`);
}

const helper = await browser.page();
const page = await browser.page();
const log = await json("/v1/log");
await page.clock(log.signed.time);
await page.size(1120, 760, 1.5);
const open = (path, language) => page.open(`${config.address}${path}${path.includes("?") ? "&" : "?"}lang=${language}`);

const found = await fetch(`${config.address}/search?q=${encodeURIComponent(config.permit)}`, { redirect: "manual" });
const permit = found.headers.get("location");
const parcel = (await fetch(`${config.address}/search?q=${encodeURIComponent(config.unit)}`, { redirect: "manual" })).headers.get("location");
const id = permit.split("/").at(-1);
const evidence = await (await fetch(`${config.address}/v1/evidence/rights/${id}`)).text();
writeFileSync(join(config.folder, `${id}.json`), evidence);
// A bank that has pledges asks for one more.
const [, bank] = /"pledgee":"(M[0-9]+)"/.exec(await (await fetch(`${config.address}/v1/pledges?limit=1`)).text());

const asked = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ reader: { name: "示例担保公司" }, right: id }) };
const { code } = await (await fetch(`${config.address}/v1/certificates`, asked)).json();
const question = `right=${id}&pledgee=${bank}&quantity=30&from=2027-01-01&through=2027-06-30`;

for (const language of ["zh", "en"]) {
  await open("/", language);
  await keep(page, `home.${language}`, 790);
  await open(permit, language);
  await keep(page, `right.${language}`, 1_100);
  await open(parcel, language);
  await keep(page, `parcel.${language}`, 1_100);
  await open(`/check?${question}`, language);
  await keep(page, `check.${language}`, 760);
  await open(`/sign?act=register&${question}`, language);
  await page.until("document.getElementById('make') !== null", "the page that signs");
  await page.value("document.getElementById('make').click()");
  await page.until("document.getElementById('payload') !== null", "the command");
  await keep(page, `sign.${language}`, 1_100, "#part-shown");
  await open("/statistics", language);
  await keep(page, `statistics.${language}`, 1_100);
  await open(`/certificates/${code}`, language);
  await keep(page, `certificate.${language}`, 960);
  await open("/verify", language);
  await page.give("#trust", config.trust);
  await page.give("#file", join(config.folder, `${id}.json`));
  await page.until("document.querySelector('#result h2') !== null && document.getElementById('trust-chosen').textContent !== ''", "a report");
  await page.until("document.querySelector('#result .conclusion.yes') !== null", "a verdict");
  await keep(page, `verify.${language}`, 1_400);
}
// The bank signs in with its key, and sees its desk.
const party = await (await fetch(`${config.address}/v1/parties/${bank}`)).text();
const key = readdirSync(config.keys).find((name) => name.endsWith("-maker.test.key") && party.includes(name.split("-")[0]));
await open("/sign-in?next=/work", "zh");
await page.until("document.getElementById('org') !== null", "the form that signs in");
await page.value(`document.getElementById("org").value = ${JSON.stringify(bank)}`);
await page.give("#key-file", join(config.keys, key));
await page.value("document.getElementById('sign-in-now').click()");
await page.until("location.pathname === '/work' && document.readyState === 'complete'", "the desk");
for (const language of ["zh", "en"]) {
  await open("/work", language);
  await keep(page, `desk.${language}`, 1_000);
}
if (page.complaints.length > 0) {
  console.log(page.complaints.join("\n"));
  process.exitCode = 1;
}
await browser.close();
