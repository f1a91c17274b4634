//! Registering and releasing a pledge in chromium, signed in the page: asked first, made by the maker, signed by the checker
//! in another browser with a key that it keeps, consented by the holder, submitted; and what may not be signed is not.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Browser } from "./chromium.mjs";
import {
  arrive, by, choose, click, config, expect, file, follow, program, type,
} from "./journey.mjs";

/// Signs with a key file and returns the draft; `keep` stores the key in the browser first.
async function sign(page, { key, passphrase, role, keep }) {
  await page.until(`${by("sign-now")} !== null`, "the form to sign");
  const before = await page.value(`${by("made")}?.children.length ?? 0`);
  await page.give("#key-file", file(key));
  if (passphrase) await type(page, "passphrase", passphrase);
  if (keep) await page.value(`${by("keep")}.checked = true`);
  await choose(page, "role", role);
  await click(page, "sign-now");
  await page.until(`(${by("made")}?.children.length ?? 0) === ${before + 1} || ${by("key-fault")}?.querySelector(".refuse")`, "a signature");
  return page.value(`${by("draft-text")}?.value ?? ""`);
}

async function take(page, draft) {
  await page.open(`${config.address}/sign`);
  await type(page, "paste", draft);
  await click(page, "read");
}

async function submit(page) {
  await click(page, "submit");
  await page.until("document.querySelector('#outcome [data-decision]') !== null", "a decision");
  return page.value("document.querySelector('#outcome [data-decision]').getAttribute('data-decision')");
}

const makers = new Browser(program);
const others = new Browser(program);
const maker = await makers.page();
const other = await others.page();
// The clocks of the computers are wrong, by months and by an hour and a half: commands name the time of the register.
await maker.clock("2026-07-01T00:00:00Z");
await other.clock(new Date(Date.parse(config.now) + 5_400_000).toISOString());

// The maker asks, is told yes, and goes on to sign exactly what was asked about.
await maker.open(`${config.address}/check?${config.question}`);
expect(await maker.value("document.querySelector('.conclusion.yes') !== null"), "the question is answered with yes");
await maker.value("document.querySelector('.conclusion a.button').click()");
await maker.until(`${by("make")} !== null`, "the page that signs");
// What it is about stands above everything that is still to be typed.
await maker.until(`${by("about")}?.innerText.includes("W | ")`, "what the right is called");
const first = await maker.value(`${by("about")}.innerText`);
expect(["登记担保", "10.000 t/a", "2027-01-01 至 2027-12-31 (含)", "mill", "出质人"].every((part) => first.includes(part)), `what is to be done is said first: ${first}`);
expect(await maker.value(`!!(${by("about")}.compareDocumentPosition(${by("hidden-contract_no")}) & Node.DOCUMENT_POSITION_FOLLOWING)`), "above the contract");
await type(maker, "hidden-contract_no", "甲-2026-17");
await type(maker, "hidden-principal_cny", "500万元");
await click(maker, "make");
const sum = await maker.value(`${by("make-fault")}.innerText`);
expect(sum.includes("主债权 (元): 须为金额") && await maker.value(`${by("payload")} === null`), `what is no sum is not hidden: ${sum}`);
await type(maker, "hidden-principal_cny", "5,000,000");
expect((await maker.value(`${by("part-command")}.innerText`)).includes("须签署的人数: 1"), "the rule of each party is said");
const counts = await maker.value(`[...${by(`checkers-${config.bank}`)}.options].map((one) => one.value).join()`);
expect(counts === "0,1", `no more checkers are asked for than the bank has persons with keys beside the maker: ${counts}`);
await choose(maker, `checkers-${config.bank}`, "1");
await click(maker, "make");
await maker.until(`${by("payload")} !== null`, "the command");
const shown = await maker.value(`${by("payload")}.textContent`);
expect(!shown.includes("甲-2026-17") && shown.includes("\"hidden\":{\"contract_no\":"), "the hidden value is not in what is signed");
const seen = await maker.value(`${by("part-shown")}.innerText`);
expect(seen.includes("甲-2026-17") && seen.includes("5,000,000.00"), `the signer is shown the hidden values, sums in groups: ${seen}`);

// The language is switched: what was typed and what was made stay, and nothing of it is in the address.
for (const language of ["en", "zh"]) {
  await follow(maker, "a.lang");
  await maker.until(`document.documentElement.lang.startsWith("${language}") && ${by("payload")} !== null`, "the command in the other language");
  expect(await maker.value(`${by("payload")}.textContent`) === shown, "the same command, byte for byte");
  expect(await maker.value(`${by("hidden-contract_no")}.value`) === "甲-2026-17" && await maker.value(`${by("hidden-principal_cny")}.value`) === "5,000,000", "what was typed is there");
  expect(!(await maker.value("decodeURIComponent(location.href)")).includes("2026-17"), "no hidden value is in the address");
  expect(await maker.value("Object.keys(sessionStorage).filter((name) => name.startsWith('greenlien-')).length") === 0, "and nothing is left behind");
}

await sign(maker, { key: "bank-maker.key", passphrase: "wrong", role: "maker" });
expect((await maker.value(`${by("key-fault")}.innerText`)).includes("口令不对"), "a wrong passphrase is said to be wrong");
await sign(maker, { key: "stranger.key", role: "maker" });
const strange = await maker.value(`${by("key-fault")}.innerText`);
expect(strange.includes("不属于须签署的任何一方") && strange.includes("stranger"), `a key of none of the parties is refused: ${strange}`);
expect(strange.includes("待签") && strange.includes(`mill`) && strange.includes(config.bank), "and who is to sign is named");
expect(await maker.value(`${by("made")} === null && ${by("sign-now")} !== null`), "the form stays, and nothing is signed");
let draft = await sign(maker, { key: "bank-maker.key", passphrase: "correct horse", role: "maker" });
expect(Buffer.from(JSON.parse(draft).payload, "base64url").toString("utf8") === shown, "what was shown is what was signed, byte for byte");
expect((await maker.value(`${by("submit")} === null`)), "a draft that lacks signatures cannot be submitted");
expect(await maker.value(`!${by("sign-now")}.checkVisibility() && ${by("sign-further")} !== null`), "what comes next is to hand it on; the form to sign is folded up");
const name = await maker.value("document.querySelector('#part-next a[download]').download");
expect(/^register_pledge-[0-9a-f]{8}\.json$/.test(name), `the draft can be saved (${name})`);

await maker.until(`${by("awaited")}?.innerText.includes("mill")`, "who is still to sign");
const awaits = await maker.value(`${by("awaited")}.innerText`);
expect(awaits.includes("待签") && awaits.includes("(复核)") && awaits.includes("(经办)"), `who is missing is named, by party and part: ${awaits}`);
expect((await maker.value(`${by("made")}.innerText`)).includes(config.bank), "a signature has the name of its party");
expect(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} \+08:00/.test(await maker.value(`${by("part-shown")}.innerText`)), "a time is written as everywhere else");

// The page is left and opened again: the draft is still there, with the value that its signers must see.
await maker.open(`${config.address}/sign`);
await maker.until(`${by("drafts")}?.children.length === 1`, "the draft that was kept");
await maker.until(`${by("drafts")}.innerText.includes("mill")`, "who is missing, in the list too");
await maker.value("document.querySelector('#drafts button').click()");
await maker.until(`${by("payload")} !== null`, "the command");
expect(await maker.value(`${by("payload")}.textContent`) === shown, "a draft that was signed here is kept in this browser");

// The checker, at another machine, keeps the key in the browser and signs with it.
await take(other, draft);
draft = await sign(other, { key: "bank-checker.key", role: "checker", keep: true });
const kept = await other.value("new Promise((resolve) => { const opening = indexedDB.open('greenlien', 1); opening.onsuccess = () => {"
  + " const all = opening.result.transaction('keys').objectStore('keys').getAll(); all.onsuccess = () =>"
  + " resolve(all.result.map((row) => `${row.privateKey.extractable}`).join()); }; })");
expect(kept === "false", `the kept key cannot be read out (extractable: ${kept})`);
await take(other, draft);
await other.until(`${by("which")} !== null`, "the key");
await choose(other, "which", await other.value(`${by("which")}.options[0].value`));
await click(other, "sign-now");
await other.until(`${by("key-fault")}.querySelector(".refuse") !== null`, "a refusal");
expect((await other.value(`${by("key-fault")}.innerText`)).includes("已经签过"), "a key signs once");

// The holder consents with a key file, by the file of the draft, which is dropped on the page, and submits.
writeFileSync(file("draft.json"), draft);
await maker.open(`${config.address}/sign`);
await maker.until(`${by("draft")} !== null`, "the page");
await maker.drops(".drop label", file("draft.json"));
draft = await sign(maker, { key: "mill-maker.key", role: "maker" });
expect((await submit(maker)) === "accepted", "the pledge is registered");
await maker.until("new Promise((resolve) => { const opening = indexedDB.open('greenlien-drafts', 1); opening.onsuccess = () => {"
  + " const all = opening.result.transaction('drafts').objectStore('drafts').count(); all.onsuccess = () => resolve(all.result === 0); }; })", "no draft");
// What comes next is said, each step with where it is done.
const steps = await maker.value(`${by("next-steps")}.innerText`);
expect(["存档", "其他登记系统", "查询证明"].every((part) => steps.includes(part)), `what comes next is said: ${steps}`);
expect(await maker.value("/record=P[0-9]+$/.test(document.querySelector('#next-steps a[href^=\"/acts/record_external_registration\"]').href)"), "of the pledge that was made");
// What led to the decision is over, in the other language too.
for (const language of ["zh", "en", "zh"]) {
  if (language !== "zh" || await maker.value("document.documentElement.lang") === "en") await follow(maker, "a.lang");
  await maker.until(`document.documentElement.lang.startsWith("${language}") && document.querySelector("#outcome [data-decision=accepted]") !== null`, "the decision");
  const left = await maker.value(`[${["submit", "sign-now", "put", "decline"].map((id) => JSON.stringify(id)).join()}].filter((id) => document.getElementById(id) !== null).join()`);
  const said = await maker.value(`${by("sign")}.innerText`);
  expect(left === "" && !said.includes("可以提交") && !said.includes("can be submitted"), `nothing is offered any more once it is decided: ${left}`);
}
const record = await maker.value("document.querySelector('#outcome a[href^=\"/pledges/\"]').getAttribute('href')");

// Changed on the way: the page does not let anybody sign or send it.
const changed = JSON.parse(draft);
const payload = Buffer.from(changed.payload, "base64url").toString("utf8");
changed.payload = Buffer.from(payload.replace('"10"', '"11"').replace("\",\"", "\" ,\"")).toString("base64url");
await take(other, JSON.stringify(changed));
await other.until("document.querySelector('#part-shown .refuse') !== null", "a notice");
expect(await other.value(`${by("payload")} === null`), "a draft that is not canonical is not shown to be signed");
const foreign = JSON.parse(draft);
foreign.payload = Buffer.from(payload.replace(/#[0-9a-f]{64}/, `#${"0".repeat(64)}`)).toString("base64url");
foreign.signatures = [];
await take(other, JSON.stringify(foreign));
await other.until("document.querySelector('#part-shown .refuse') !== null", "a notice");
expect(await other.value(`${by("sign-now")} === null`), "a command for another register cannot be signed here");

// The pledgee releases it, from the page of the pledge.
await maker.open(`${config.address}${record}`);
await maker.value("document.querySelector('a[href^=\"/sign?act=release\"]').click()");
await maker.until(`${by("about")}?.innerText.includes("mill")`, "what is to be released");
const about = await maker.value(`${by("about")}.innerText`);
expect(about.includes("解除担保") && about.includes(record.split("/").at(-1)) && /R\d+/.test(about), `pledge, right and holder are shown first: ${about}`);
await click(maker, "make");
// Whoever opens the draft sees what is given up: which right, how much, for which days, all of it.
await maker.until(`${by("part-shown")}?.innerText.includes("以上全部担保物")`, "what is released");
const released = await maker.value(`${by("part-shown")}.innerText`);
expect(["t/a", "(含)", "mill", "现登记的担保物", "不能恢复"].every((part) => released.includes(part)), `the release says what it releases: ${released}`);
await sign(maker, { key: "bank-maker.key", passphrase: "correct horse", role: "maker" });
expect((await submit(maker)) === "accepted", "the pledge is released");
await maker.open(`${config.address}${record}`);
expect(await maker.value("document.querySelector('.status.ended') !== null"), "its page says so");

// What was decided once is decided for ever; what the register refuses is shown with its number.
await take(other, draft);
expect((await submit(other)) === "accepted", "the same command again has the same decision");
await maker.open(`${config.address}/sign?act=register&${config.question.replace("quantity=10", "quantity=100")}`);
await click(maker, "make");
await sign(maker, { key: "bank-maker.key", passphrase: "correct horse", role: "maker" });
await sign(maker, { key: "mill-maker.key", role: "maker" });
expect((await submit(maker)) === "refused", "too much is refused");
const why = await maker.value(`${by("outcome")}.innerText`);
expect(await maker.value(`${by("submit")} === null`) && !(await maker.value(`${by("sign")}.innerText`)).includes("可以提交"), "a refusal is a decision, too");
expect(why.includes("3002") && why.includes("最多可以 40.000 t/a"), `the refusal has its number and what would be admissible: ${why}`);

// A key that is made here: its public half and the proof are shown.
await other.open(`${config.address}/sign?lang=en`);
await other.until("document.querySelector('#part-keys summary') !== null", "the keys");
await other.value("document.querySelector('#part-keys summary').click()");
await type(other, "key-name", "复核 01");
await click(other, "make-key");
const misfit = await other.value(`${by("key-name-fault")}.innerText`);
expect(misfit.includes("复核 01") && misfit.includes("lower-case letters") && misfit.includes("checker-01"), `a name that does not fit is told so in words: ${misfit}`);
await type(other, "key-name", "b-07");
await click(other, "make-key");
await other.until("document.querySelectorAll('#part-keys [data-proof]').length === 2", "the new key");
await other.until("[...document.querySelectorAll('#part-keys [data-proof]')].some((one) => one.textContent.length === 128)", "its proof");
expect(true, "a key is made in the browser, with its proof of possession");
// Whoever presses "Forget" is asked, by the name of the key, and nothing is lost by turning away.
const forgets = "[...document.querySelectorAll('#part-keys [id^=forget-]')]";
await other.value(`${forgets}.at(-1).click()`);
const question = await other.value("document.querySelector('#part-keys .sure [role=alert]').innerText");
expect(question.includes("b-07") || question.includes("checker"), `the question names the key: ${question}`);
expect((await other.value("document.activeElement.innerText")) === "Cancel", "and Cancel is what Enter presses");
await other.value("document.activeElement.click()");
expect(await other.value("document.querySelectorAll('#part-keys [data-proof]').length === 2 && document.querySelector('#part-keys [role=alert]')?.innerText !== undefined"), "both keys are still there");
expect(await other.value(`${forgets}.length === 2`), "and the button is there again");
// It is handed over as a file, as a code, and by copying.
const handed = await other.value("(() => { const one = document.querySelector('#part-keys a[download=\"key-b-07.json\"]'); return one.href; })()");
const offered = JSON.parse(Buffer.from(handed.split(",")[1], "base64").toString("utf8"));
expect(offered.person === "b-07" && /^[0-9a-f]{64}$/.test(offered.key) && /^[0-9a-f]{128}$/.test(offered.proof), "the file has the public key, the person and the proof");
await other.value("[...document.querySelectorAll('#part-keys details details')].forEach((one) => { one.open = true; })");
await other.until("[...document.querySelectorAll('#part-keys img')].every((one) => one.complete && one.naturalWidth > 0)", "the codes");
expect(await other.value("[...document.querySelectorAll('#part-keys button[data-copy]')].some((one) => one.dataset.copy.length === 128)"), "the whole proof is copied with one press");
writeFileSync(file("key-b-07.json"), JSON.stringify(offered));
await other.open(`${config.address}/acts/add_key?record=${config.bank}&lang=en`);
await other.until("document.querySelector('input[id$=handed-file]') !== null", "the form of a key");
const stem = await other.value("document.querySelector('input[id$=handed-file]').id.replace('handed-file', '')");
await type(other, `${stem}handed-text`, JSON.stringify({ ...offered, person: "b-08" }));
await click(other, `${stem}handed-fill`);
expect((await other.value(`${by(`${stem}handed-said`)}.textContent`)).includes("proof does not hold"), "a proof of another person is told so before anybody signs");
await other.give(`#${stem.replaceAll(".", "\\.")}handed-file`, file("key-b-07.json"));
await other.until(`${by(`${stem}proof`)}.value.length === 128`, "the fields are filled in");
expect(await other.value(`${by(`${stem}key`)}.value`) === offered.key && await other.value(`${by(`${stem}person`)}.value`) === "b-07", "from the file, without typing");
expect(await other.value("document.querySelectorAll('main form input[type=password]').length === [...document.querySelectorAll('input[type=password]')].filter((one) => one.form.id.endsWith('offer-form')).length"), "a passphrase belongs to a form of its own");

// What shows only its beginning is copied whole, and an id in a table with what belongs to it.
await other.open(`${config.address}/parties/${config.bank}?lang=en`);
expect(await other.value("[...document.querySelectorAll('td button[data-copy]')].some((one) => /^[0-9a-f]{64}$/.test(one.dataset.copy))"), "a whole key id is copied from a table");
await other.open(`${config.address}/rights`);
expect(await other.value("[...document.querySelectorAll('td button[data-copy]')].some((one) => /^[0-9A-Z]{22} \\| COD$/.test(one.dataset.copy))"), "a permit is copied with its pollutant");

expect(readFileSync(file("bank-maker.key"), "utf8").startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "the maker's key file was encrypted");

arrive([maker, other], (one) => one.includes("status of 409") || (one.includes("404") && one.includes("/v1/receipts/")));

await makers.close();
await others.close();
