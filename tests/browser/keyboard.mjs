//! A pledge is registered in chromium without a mouse: every field is come to with the tab key and filled in by typing, every
//! button and link is pressed. Nothing here reaches into a page but to see what has the focus and what is said.

import { Browser } from "./chromium.mjs";
import { arrive, by, config, expect, file, program } from "./journey.mjs";

const browser = new Browser(program);
const page = await browser.page();
await page.clock(config.now);

async function to(selector) {
  expect(await page.tabsTo(selector), `${selector} is reached by keyboard`);
}

async function enter(selector, text) {
  await to(selector);
  await page.send("Input.insertText", { text });
}

async function press(selector) {
  await to(selector);
  await page.press("Enter", "Enter", "\r");
}

/// Presses a link or a button that opens another page.
async function follow(selector) {
  await to(selector);
  await page.arrives(() => page.press("Enter", "Enter", "\r"));
}

/// Signs with a key file, which is chosen from the dialog that the keyboard opens.
async function sign(key, passphrase, signatures) {
  await page.until(`${by("sign-now")} !== null`, "the form to sign");
  await to("#key-file");
  await page.chooses(file(key));
  if (passphrase) await enter("#passphrase", passphrase);
  await press("#sign-now");
  await page.until(`${by("made")}?.children.length === ${signatures} || ${by("key-fault")}?.querySelector(".refuse")`, "a signature");
  expect(await page.value(`${by("made")}?.children.length === ${signatures}`), `${key}: signed by keyboard`);
}

await page.open(`${config.address}/?lang=zh`);
await enter("#q", config.right);
await follow("main button");
await follow("main a[href^='/check?right=']");
await enter("#pledgee", config.bank);
await enter("#quantity", "10");
await follow("form.question button");
expect(await page.value("document.querySelector('.conclusion.yes') !== null"), "the question is answered with yes");
await follow(".conclusion a.button");
await page.until(`${by("make")} !== null`, "the page that signs");
await enter("#hidden-contract_no", "甲-2026-18");
await press("#make");
await sign("bank-maker.key", "correct horse", 1);
await press("#sign-further summary");
await sign("mill-maker.key", undefined, 2);
await press("#submit");
await page.until("document.querySelector('#outcome [data-decision]') !== null", "a decision");
expect(await page.value("document.querySelector('#outcome [data-decision]').dataset.decision") === "accepted", "the pledge is registered by keyboard alone");
await follow("#outcome a[href^='/pledges/']");
expect((await page.value("document.querySelector('main').innerText")).includes("10.000 t/a"), "and its page is opened");

arrive([page]);

await browser.close();
