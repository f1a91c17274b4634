//! A book of pledges in chromium: the bank's person uploads and looks through it, signs its rows and leaves them in the inbox; the
//! pledgor, on another machine, finds all of them on the desk, sees what is hidden, signs in one go and submits. Then the same
//! file has nothing to do, and the book of releases is signed by the bank alone.

import { Browser } from "./chromium.mjs";
import { arrive, by, click, config, expect, file, follow, keepsNoDrafts, look, open, program, text, there } from "./journey.mjs";

async function signIn(page, org, key) {
  await open(page, "/sign-in?next=/import");
  await there(page, "org");
  await page.value(`${by("org")}.value = ${JSON.stringify(org)}`);
  await page.give("#key-file", file(key));
  await click(page, "sign-in-now");
  await page.until("location.pathname === '/import' && document.readyState === 'complete' && document.querySelector('.who') !== null", "the page after signing in");
}

async function upload(page, name) {
  await open(page, "/import");
  await page.give("#file", file(name));
  await follow(page, "form[enctype] button");
}

const size = async () => (await (await fetch(`${config.address}/v1/log`)).json()).signed.size;

const banks = new Browser(program);
const mills = new Browser(program);
const bank = await banks.page();
const mill = await mills.page();
for (const page of [bank, mill]) await page.clock(config.now);

// The book is judged, and every row says who else signs.
await signIn(bank, config.bank, "bank-maker.key");
const before = await size();
await upload(bank, "pledges.csv");
await there(bank, "make");
const judged = await text(bank);
expect(judged.includes("担保登记台账") && judged.includes("可以登记 3"), "three pledges may be registered");
expect(judged.includes("须由 mill") && judged.includes("待签箱"), "every row says that the pledgor signs too");
await look(bank, "lending-judged");
await click(bank, "make");
await there(bank, "sign-now");
const shown = await bank.value("[...document.querySelectorAll('.payload')].map((one) => one.textContent)");
expect(shown.length === 3 && shown.every((one) => one.includes('"type":"register_pledge"')), "each command is shown in full");
expect(shown.every((one) => !one.includes("甲-2026") && !one.includes("5000000")), "what is hidden is a digest in what is signed");
expect((await text(bank, "#part-items")).includes("甲-2026-001"), "and is shown beside it");
const digests = shown.map((one) => JSON.parse(one).body.hidden.contract_no);
expect(new Set(digests).size === 3 && digests.every((one) => /^[0-9a-f]{64}$/.test(one)), "every row has a salt of its own");
await bank.give("#maker-key-file", file("bank-maker.key"));
await click(bank, "sign-now");
await there(bank, "put-all");
expect(await bank.value(`${by("submit")} === null`), "what lacks the pledgor's signature cannot be submitted");
await click(bank, "put-all");
await bank.until("document.querySelector('[data-put]') !== null", "the inbox");
await look(bank, "lending-put");
expect(await size() === before, "nothing is written before the pledgor has signed");
await upload(bank, "pledges.csv");
expect((await text(bank)).includes("等待签署 3"), "the same file again waits, and is not signed twice");
expect(await bank.value(`${by("make")} === null`), "there is nothing to sign");

// The pledgor, on another machine.
await signIn(mill, config.mill, "mill-maker.key");
await open(mill, "/work");
expect((await text(mill)).includes("等待本单位签署: 3"), "the desk of the pledgor counts what waits");
await follow(mill, "#together-consent button");
await mill.until("document.querySelectorAll('#part-items tbody tr').length === 3", "all commands");
expect((await text(mill, "#part-items")).includes("甲-2026-003"), "the pledgor sees what is hidden");
// A browser that keeps nothing says so, before the signatures are lost.
await keepsNoDrafts(mill);
await mill.give("#maker-key-file", file("mill-maker.key"));
await click(mill, "sign-now");
await there(mill, "submit");
expect((await text(mill, "#part-submit")).includes("本浏览器不能保存草稿"), "signatures that are not kept are told to be lost with the page");
await click(mill, "submit");
await mill.until("document.querySelector('[data-done]') !== null", "the end");
const states = await mill.value("[...document.querySelectorAll('[data-state]')].map((one) => one.getAttribute('data-state'))");
expect(states.join() === "accepted,accepted,accepted", `every pledge is registered (${states.join()})`);
await upload(bank, "pledges.csv");
expect((await text(bank)).includes("全部行均已登记"), "the same file again changes nothing");

// A release needs the bank alone.
await upload(bank, "releases.csv");
await click(bank, "make");
await there(bank, "sign-now");
await bank.give("#maker-key-file", file("bank-maker.key"));
await click(bank, "sign-now");
await there(bank, "submit");
await click(bank, "submit");
await bank.until("document.querySelector('[data-done]') !== null", "the end");
expect((await text(bank, "#part-submit")).includes("已登记 1"), "the release is registered");
const after = await size();
await upload(bank, "releases.csv");
expect((await text(bank)).includes("全部行均已登记"), "the same release again releases nothing");
const { items } = await (await fetch(`${config.address}/v1/pledges?pledgee=${config.bank}`)).json();
expect(await size() === after && items.length === 4, "three pledges beside the one of before, and nothing written twice");

// Of two rows one has all its signatures, since its pledgor holds no keys, and the other waits for its pledgor.
await upload(bank, "mixed.csv");
expect((await text(bank)).includes("未持密钥"), "a consent on paper is told as what it is");
await click(bank, "make");
await there(bank, "sign-now");
await bank.give("#maker-key-file", file("bank-maker.key"));
await click(bank, "sign-now");
await there(bank, "put-all");
expect((await text(bank, "#submit")).includes("(1)") && (await text(bank, "#put-all")).includes("(1)"), "each goes its own way");
await click(bank, "submit");
await bank.until("document.querySelector('[data-done]') !== null", "the end");
expect((await bank.value("document.querySelectorAll('[data-state=accepted]').length")) === 1, "what has all signatures is registered");
await click(bank, "put-all");
await bank.until("document.querySelector('[data-put]') !== null", "the inbox");
await upload(bank, "mixed.csv");
const last = await text(bank);
expect(last.includes("等待签署 1") && last.includes("已登记 1"), "and both are known again");

arrive([bank, mill], (one) => one.includes("404") && one.includes("/v1/receipts/"));

await banks.close();
await mills.close();
