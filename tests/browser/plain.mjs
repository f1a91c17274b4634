//! The same work in an insecure context: an intranet under plain http, where a browser offers no cryptography of its own and
//! keeps no key. Signing in, signing with an encrypted key file and verifying a file must go on all the same.

import { Browser } from "./chromium.mjs";
import {
  arrive, by, choose, click, config, expect, file, open, program, text, there, type,
} from "./journey.mjs";

const browser = new Browser(program, [`--host-resolver-rules=MAP ${new URL(config.address).hostname} 127.0.0.1`]);
const page = await browser.page();
await page.clock(config.now);

async function sign({ key, passphrase, role }) {
  await there(page, "sign-now");
  const before = await page.value(`${by("made")}?.children.length ?? 0`);
  await page.give("#key-file", file(key));
  if (passphrase) await type(page, "passphrase", passphrase);
  await choose(page, "role", role);
  await click(page, "sign-now");
  await page.until(`(${by("made")}?.children.length ?? 0) === ${before + 1} || ${by("key-fault")}?.querySelector(".refuse")`, "a signature");
  return page.value(`${by("draft-text")}?.value ?? ""`);
}

async function take(draft) {
  await open(page, "/sign");
  await type(page, "paste", draft);
  await click(page, "read");
}

await open(page, "/");
expect(await page.value("isSecureContext === false && globalThis.crypto?.subtle === undefined"), "the browser has no cryptography of its own here");

// Signing in, with a key file that is encrypted.
await open(page, "/sign-in");
await there(page, "org");
expect(await page.value(`${by("keep")} === null || ${by("keep")}.disabled || ${by("keep")}.offsetParent === null`), "no key can be kept here, so none is offered to be");
await page.value(`${by("org")}.value = ${JSON.stringify(config.bank)}`);
await page.give("#key-file", file("bank-maker.key"));
await type(page, "passphrase", "correct horse");
await click(page, "sign-in-now");
await page.until("document.querySelector('.who') !== null && document.readyState === 'complete'", "who is signed in");
expect((await text(page, ".top")).includes("bank-a-maker"), "signed in with an encrypted key");

// A pledge: asked, signed by three persons with key files, registered.
await open(page, `/check?${config.question}`);
await page.value("document.querySelector('.conclusion a.button').click()");
await there(page, "make");
await choose(page, `checkers-${config.bank}`, "1");
await click(page, "make");
await there(page, "payload");
const shown = await page.value(`${by("payload")}.textContent`);
let draft = await sign({ key: "bank-maker.key", passphrase: "correct horse", role: "maker" });
expect(Buffer.from(JSON.parse(draft).payload, "base64url").toString("utf8") === shown, "what was shown is what was signed, byte for byte");
await take(draft);
draft = await sign({ key: "bank-checker.key", role: "checker" });
await take(draft);
draft = await sign({ key: "mill-maker.key", role: "maker" });
await click(page, "submit");
await page.until("document.querySelector('#outcome [data-decision]') !== null", "a decision");
const decision = await page.value("document.querySelector('#outcome [data-decision]').getAttribute('data-decision')");
expect(decision === "accepted", `the pledge is registered (${decision})`);

// A file is verified, and a changed one is not believed.
for (const [name, tag] of [["right.json", "yes"], ["changed.json", "no"]]) {
  await open(page, "/verify?lang=zh");
  await page.give("#trust", file("trust.txt"));
  await page.give("#file", file(name));
  await page.until(`document.querySelector('#result .conclusion.${tag}') !== null`, `${name}: a verdict`);
  expect(true, `${name}: ${tag}`);
}

arrive([page], (one) => one.includes("404") && one.includes("/v1/receipts/"));
await browser.close();
