//! Commands prepared on forms and signed in chromium by persons who read no documentation: a freeze and its sibling handed to the
//! checker as one bundle, a digest made from a file that stays, a pledge changed and objected to, and what is signed said in words.

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Browser } from "./chromium.mjs";
import {
  arrive, by, choose, click, config, expect, file, follow, look, open, program, text, there, type,
} from "./journey.mjs";

/// Fills in the form that is open, sends it, and follows the answer to the page that signs.
async function ask(page, fields) {
  for (const [id, value] of Object.entries(fields)) await page.value(`${by(id)}.value = ${JSON.stringify(value)}`);
  await follow(page, "form.question button");
  expect(await page.value("document.querySelector('.conclusion.yes') !== null"), `the form is answered with yes: ${(await text(page, ".conclusion")).slice(0, 60)}`);
  await follow(page, ".conclusion a.button");
  await click(page, "make");
  await there(page, "payload");
}

async function sign(page, key, role) {
  const before = await page.value(`${by("made")}?.children.length ?? 0`);
  await there(page, "sign-now");
  await page.give("#key-file", file(key));
  await choose(page, "role", role);
  await click(page, "sign-now");
  await page.until(`(${by("made")}?.children.length ?? 0) === ${before + 1} || ${by("key-fault")}?.querySelector(".refuse")`, "a signature");
}

async function submitted(page) {
  await click(page, "submit");
  await page.until("document.querySelector('#outcome [data-decision]') !== null", "a decision");
  return page.value("document.querySelector('#outcome [data-decision]').getAttribute('data-decision')");
}

const makers = new Browser(program);
const checkers = new Browser(program);
const maker = await makers.page();
const checker = await checkers.page();
for (const page of [maker, checker]) await page.clock(config.now);

// From the page of the right to the form; the order is chosen as a file, which stays where it is.
writeFileSync(file("order.pdf"), "the order of the court");
const digest = createHash("sha256").update("the order of the court").digest("hex");
await open(maker, `/rights/${config.right}`);
await follow(maker, "a[href^=\"/acts/freeze?record=\"]");
await look(maker, "act-freeze");
for (const quantity of ["5", "6"]) {
  await open(maker, `/acts/freeze?record=${config.right}`);
  await maker.give("#document-file", file("order.pdf"));
  await maker.until(`${by("document")}.value === ${JSON.stringify(digest)}`, "the digest of the document");
  await ask(maker, { authority: config.bureau, quantity, from: "2027-01-01", through: "2027-12-31" });
  const said = await text(maker, "#part-shown");
  expect(said.includes(`${quantity}.000 t/a`) && said.includes("2027-01-01 至 2027-12-31 (含)") && said.includes("bureau"), "what is signed is said in words");
  expect((await text(maker, "#payload")).includes(digest), "the digest of the document is signed");
  if (quantity === "5") await look(maker, "act-signing");
  await sign(maker, "bureau-maker.key", "maker");
}

// Both leave as one file; the checker signs them on another machine with one key, and submits both.
await open(maker, "/sign?lang=zh");
await maker.until("document.querySelector('#part-drafts a[download]') !== null", "the bundle");
const bundle = await maker.value("document.querySelector('#part-drafts a[download]').href");
writeFileSync(file("drafts.json"), Buffer.from(bundle.split(",")[1], "base64"));
await open(checker, "/sign");
await there(checker, "draft");
await checker.give("#draft", file("drafts.json"));
await checker.until("document.querySelectorAll('#part-items tbody tr').length === 2", "both commands");
expect((await text(checker, "#part-items")).includes("6.000 t/a"), "the checker sees what each command says");
await look(checker, "act-bundle");
await checker.give("#checker-key-file", file("bureau-checker.key"));
await click(checker, "sign-now");
await click(checker, "submit");
await checker.until("document.querySelector('#part-submit [data-done]') !== null", "the end");
expect((await text(checker, "#part-submit")).includes("已登记 2"), "both are registered");
await open(checker, `/rights/${config.right}`);
expect((await text(checker)).includes("5.000 t/a"), "the page of the right shows the freeze");

// Lifting one: chosen from a list, with the decision's file.
await follow(checker, "a[href^=\"/acts/unfreeze?record=\"]");
await checker.give("#document-file", file("order.pdf"));
await checker.until(`${by("document")}.value !== ""`, "the digest");
await ask(checker, {});
await sign(checker, "bureau-maker.key", "maker");
await sign(checker, "bureau-checker.key", "checker");
expect(await submitted(checker) === "accepted", "the freeze is lifted");
const lifted = await checker.value("document.querySelector('#outcome').innerText");
expect(lifted.includes("解除冻结") || lifted.includes("解冻"), `what was registered is said (${lifted.split("\n")[0]})`);
expect(await checker.value("document.querySelector('#outcome a[href^=\"/rights/R\"]') !== null"), "and the right is one step away");

// A pledge is extended: the bank's maker, then the pledgor, each with an own key; in English.
await open(maker, `/acts/extend_pledge?record=${config.pledge}&lang=en`);
await ask(maker, { lines_through0: "2028-06-30" });
expect((await text(maker, "#part-shown")).includes("2028-06-30 (inclusive)"), "the last day is said inclusively");
expect((await text(maker, "#part-shown")).includes("mill"), "the pledgor is among the signers");
await sign(maker, "bank-maker.key", "maker");
await sign(maker, "mill-maker.key", "maker");
expect(await submitted(maker) === "accepted", "the pledge is extended");

// Another bank objects.
await open(maker, `/acts/object?record=${config.pledge}`);
await maker.give("#document-file", file("order.pdf"));
await maker.until(`${by("document")}.value !== ""`, "the digest");
await ask(maker, { org: config.other });
await sign(maker, "other-maker.key", "maker");
expect(await submitted(maker) === "accepted", "the objection is registered");

// A natural person is admitted by name and number, which the page looks at before anybody signs.
await open(maker, "/acts/admit_party-person?go=1&roles_holder=1&threshold=1");
await follow(maker, ".conclusion a.button");
await there(maker, "make");
const fault = () => text(maker, "#make-fault");
await click(maker, "make");
expect((await fault()).includes("name"), "a person has a name");
await type(maker, "hidden-name", "张三");
await type(maker, "hidden-resident_id", "110105194912310021");
await click(maker, "make");
expect((await fault()).includes("number is wrong"), "a wrong number is said before anybody signs");
await type(maker, "hidden-resident_id", "11010519491231002X");
await click(maker, "make");
await there(maker, "payload");
expect((await text(maker, "#payload")).includes("resident_id"), "with the right one the command is made");

// The boundary of a parcel comes from the office's file: that of the number which was typed, and nothing of the others.
await open(maker, "/acts/issue_right?kind=forest");
const parcel = ([id, west]) => ({ type: "Feature", id,
  geometry: { type: "Polygon", coordinates: [[[west, 29.1], [106.9, 29.1], [106.9, 29.2], [west, 29.1]]] } });
const parcels = [["A", 106.5], ["B", 106.6]].map(parcel);
writeFileSync(file("parcels.geojson"), JSON.stringify({ type: "FeatureCollection", features: parcels }));
await maker.give("#polygon-file", file("parcels.geojson"));
await maker.until("document.querySelector('#polygon-file + .hint').innerText.includes('identity')", "which parcel, nobody has said");
await type(maker, "identities_0_0", "B");
await maker.give("#polygon-file", file("order.pdf"));
await maker.give("#polygon-file", file("parcels.geojson"));
await maker.until(`${by("polygon")}.value.includes("106.6")`, "the parcel of the number");
expect(!(await maker.value(`${by("polygon")}.value`)).includes("106.5"), "and no other");

// A guarantor asks, keeps the evidence file with the answer, and records what it was told.
await open(maker, `/check?right=${config.right}&pledgee=${config.other}&quantity=7&from=2027-01-01&through=2027-06-30&lang=zh`);
await follow(maker, "a[href^=\"/sign?act=record_verification\"]");
await there(maker, "fetch-answer");
await maker.value("{ globalThis.reached = globalThis.fetch; globalThis.fetch = async () => { throw new TypeError('no network'); }; }");
await click(maker, "fetch-answer");
await maker.until("document.querySelector('#verification-fault .refuse') !== null", "no answer");
expect(await text(maker, "#told") === "" && (await text(maker, "#verification-fault")).includes("没有应答"), "without a network it does not go on asking");
await maker.value("{ globalThis.fetch = globalThis.reached; }");
await click(maker, "fetch-answer");
await maker.until("document.querySelector('#told a[download]') !== null", "the evidence file");
expect((await text(maker, "#told")).includes("可以登记"), "what was answered is said in words");
const kept = await maker.value("document.querySelector('#told a[download]').href");
writeFileSync(file("answer.json"), Buffer.from(kept.split(",")[1], "base64"));
await look(maker, "verification");
// The file that was kept does as well, on another day.
await open(maker, "/sign?act=record_verification");
await there(maker, "evidence");
await maker.give("#evidence", file("order.pdf"));
await maker.until("document.querySelector('#verification-fault .refuse') !== null", "a refusal");
await maker.give("#evidence", file("answer.json"));
await maker.until("document.querySelector('#told dl') !== null", "what the file says");
await type(maker, "org", "guarantor");
await maker.give("#document-file", file("order.pdf"));
await maker.until(`${by("document")}.value !== ""`, "the digest");
await click(maker, "go-on");
await there(maker, "make");
// Its rule asks for two persons: there is one to check, and no way to ask for fewer.
const checkersOf = by(`checkers-${config.guarantor}`);
expect(await maker.value(`[...${checkersOf}.options].map((one) => one.value).join()`) === "1", "the checker can be asked for");
await maker.value(`${checkersOf}.value = ""`);
await click(maker, "make");
await there(maker, "payload");
const recorded = await text(maker, "#payload");
expect(recorded.includes("record_verification"), "the command is made from the file");
expect(recorded.includes(`{"org":"${config.guarantor}","role":"checker"}`), "no fewer sign than the rule of the party wants");
await sign(maker, "guarantor-maker.key", "maker");
expect(await maker.value(`${by("submit")} === null`) && (await text(maker, "#awaited")).includes("(复核)"), "it waits for the checker");
await sign(maker, "guarantor-checker.key", "checker");
expect(await submitted(maker) === "accepted", "the verification is recorded");
// A command that names too few is never told to be whole, nor signed.
const few = recorded.replace(`,{"org":"${config.guarantor}","role":"checker"}`, "");
await open(maker, "/sign");
await type(maker, "paste", JSON.stringify({ payload: Buffer.from(few).toString("base64url"), signatures: [] }));
await click(maker, "read");
await there(maker, "short");
const short = await text(maker, "#short");
expect(short.includes("须 2 人签署") && short.includes("只列了 1 人") && short.includes("guarantor"), `that it names too few is said: ${short}`);
expect(await maker.value(`${by("sign-now")} === null && ${by("submit")} === null`), "and nobody signs it in vain");

// What is asked of the register about a draft of the list is not decided yet.
arrive([maker, checker], (one) => one.includes("404") && one.includes("/v1/receipts/"));

await makers.close();
await checkers.close();
