//! Pages for members in chromium: signing in with a key that stays in the browser, a book uploaded and judged, its rows signed
//! by a maker and, on another machine, by a checker, and submitted one by one; the same file again; signing out.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Browser } from "./chromium.mjs";
import {
  arrive, by, choose, click, config, expect, file, follow, look, open, program, text, there,
} from "./journey.mjs";

async function signIn(page, org, key, keep) {
  await there(page, "org");
  await page.value(`${by("org")}.value = ${JSON.stringify(org)}`);
  await page.give("#key-file", file(key));
  if (keep) await page.value(`${by("keep")}.checked = true`);
  await click(page, "sign-in-now");
}

async function upload(page, name) {
  await open(page, "/import");
  await page.give("#file", file(name));
  await follow(page, "form[enctype] button");
}

const makers = new Browser(program);
const checkers = new Browser(program);
const maker = await makers.page();
const checker = await checkers.page();
for (const page of [maker, checker]) await page.clock(config.now);

// A visitor is led to the sign-in page and comes back.
await open(maker, "/import");
expect(await maker.value("document.querySelector('input[type=file]') === null"), "a visitor cannot upload");
await maker.value("document.querySelector('main a.button').click()");
await there(maker, "org");
await look(maker, "sign-in");
await signIn(maker, config.bank, "bureau-maker.key", true);
await maker.until(`${by("sign-in-fault")}.querySelector(".refuse") !== null`, "a refusal");
expect((await text(maker)).includes("密钥不属于该主体"), "a key of another party is refused");
await signIn(maker, config.code, "bureau-maker.key", true);
await maker.until("location.pathname === '/import' && document.readyState === 'complete'", "the page after signing in");
expect((await maker.value("document.querySelector('.top').innerText")).includes("bureau · bureau-maker"), "every page says who is signed in");
const cookie = await maker.value("document.cookie");
expect(!cookie.includes("greenlien"), "no script can read the session");
await there(maker, "bundle");
await look(maker, "import");

// What is too large is not sent: the connection would be cut, and the browser would show a page of its own.
writeFileSync(file("large.csv"), Buffer.alloc(5 * 1024 * 1024, "x"));
await maker.give("#file", file("large.csv"));
await maker.value("document.querySelector('form[enctype] button').click()");
await maker.until(`${by("upload-fault")}.querySelector(".refuse") !== null`, "a word on the size");
expect((await maker.value(`${by("upload-fault")}.innerText`)).includes("5.0 MB, 至多 4 MB"), "the size and the limit are told before anything is sent");

// The book is judged; nothing is written.
const before = (await (await fetch(`${config.address}/v1/log`)).json()).signed.size;
await upload(maker, "book.csv");
await there(maker, "make");
expect(await maker.value("location.pathname + location.search") === "/import", "the address does not show the token of the form");
expect((await text(maker)).includes("可以登记 3"), "three rows may be registered");
expect(await maker.value(`${by("report")} !== null && !${by("report")}.form.querySelector("input[type=file]")`), "the table with the reasons comes without choosing the file again");
await look(maker, "import-judged");

// The switch of the language judges the same table again; the file need not be chosen a second time.
await follow(maker, "a.lang");
await there(maker, "make");
const english = await text(maker);
expect(/may be registered:? 3/.test(english), `the table is judged in the other language: ${english.slice(0, 200)}`);
expect(await maker.value("document.querySelectorAll('#rows tbody tr').length") === 3, "with all its rows");
await follow(maker, "a.lang");
await there(maker, "make");
expect((await text(maker)).includes("可以登记 3"), "and back");
await click(maker, "make");
await there(maker, "sign-now");
const first = await maker.value("[...document.querySelectorAll('.payload')].map((one) => one.textContent)");
const items = await text(maker, "#part-items");
expect(items.includes("12.500 t/a, 2027-01-01 至 2030-12-31 (含)"), `quantity and days as on every page: ${items.slice(0, 200)}`);
expect(first.length === 3 && first.every((one) => one.includes('"type":"issue_right"')), "each command is shown in full");
await look(maker, "import-shown");

// A wrong key of the checker: what is signed stays, the form asks for the rest, and the next try completes.
await maker.give("#checker-key-file", file("bank-maker.key"));
await choose(maker, "checker-which", "file");
await click(maker, "sign-now");
await maker.until(`${by("key-fault")}?.querySelector(".refuse") !== null`, "a refusal");
const wrong = await text(maker, "#key-fault");
expect(wrong.includes("不属于须签署的任何一方") && wrong.includes("bureau") && wrong.includes("(复核)"), `the wrong key is refused: ${wrong}`);
expect(await maker.value(`${by("maker-which")} === null`), "only what is missing is asked for");
await maker.give("#checker-key-file", file("bureau-checker.key"));
await click(maker, "sign-now");
await there(maker, "submit");
expect(!(await text(maker, "#part-submit")).includes("待签"), "all have signed");

expect((await text(maker, "#part-items")).includes("签名齐全, 未提交"), "how far each has come is said");

// Whoever goes on to another page and comes back finds the table judged; what was signed is offered again, and may be deleted.
await open(maker, "/work");
await maker.value("history.back()");
await maker.until(`location.pathname === "/import" && ${by("make")} !== null`, "the table, judged again");
await maker.until(`${by("drafts")} !== null`, "what was signed");
expect((await text(maker, "#drafts")).includes("登记权益 (3)") && (await text(maker, "#drafts")).includes("签名齐全"), "what was signed is kept together");
await maker.value("document.querySelector('#drafts [id^=drop-]').click()");
expect((await text(maker, "#drafts .sure")).includes("3 份草稿"), "whoever deletes them is asked");
await new Promise((resolve) => setTimeout(resolve, 900));
await maker.value("document.querySelector('#drafts [id$=-yes]').click()");
await maker.until(`${by("drafts")} === null`, "no draft");

// The same file once more: the checker is at another machine.
await upload(maker, "book.csv");
await click(maker, "make");
await there(maker, "sign-now");
const shown = await maker.value("[...document.querySelectorAll('.payload')].map((one) => one.textContent)");
await choose(maker, "checker-which", "elsewhere");
await click(maker, "sign-now");
await maker.until("document.querySelector('#part-submit a[download]') !== null", "the bundle");
expect(await maker.value(`${by("submit")} === null`), "what lacks a signature cannot be submitted");
const after = (await (await fetch(`${config.address}/v1/log`)).json()).signed.size;
expect(before === after, "nothing is written before it is submitted");
const href = await maker.value("document.querySelector('#part-submit a[download]').href");
const bundle = Buffer.from(href.split(",")[1], "base64").toString("utf8");
const drafts = JSON.parse(bundle).drafts.map((draft) => Buffer.from(draft.payload, "base64url").toString("utf8"));
expect(drafts.every((draft, at) => draft === shown[at]), "what was shown is what was signed, byte for byte");

// The checker, on another machine.
writeFileSync(file("bundle.json"), bundle);
writeFileSync(file("changed.json"), bundle.replace('"payload":"e', '"payload":"f'));
await open(checker, "/sign-in?next=/import");
await signIn(checker, config.bureau, "bureau-checker.key", false);
await there(checker, "bundle");
await checker.value("document.querySelector('#part-begin details').open = true");
await checker.give("#bundle", file("changed.json"));
await checker.until(`${by("bundle-fault")}.querySelector(".refuse") !== null`, "a refusal");
expect(await checker.value(`${by("sign-now")} === null`), "a changed bundle is not shown to be signed");
await checker.give("#bundle", file("bundle.json"));
await there(checker, "sign-now");
await checker.give("#checker-key-file", file("bureau-maker.key"));
await click(checker, "sign-now");
await checker.until(`${by("key-fault")}.querySelector(".refuse") !== null`, "a refusal");
expect((await text(checker)).includes("已经签过"), "one person does not sign twice");

// The language is switched, the page is left: the signatures are there again, on the page of the import and on the one that signs.
const waits = "(document.querySelector('#part-items')?.innerText.match(/已签 1 \\/ 2, 未提交/g) ?? []).length === 3";
expect(await maker.value(waits), "what was signed is told so in its row");
await follow(maker, "a.lang");
await maker.until(`${by("drafts")}?.innerText.includes("(3)")`, "what was signed, in the other language");
await follow(maker, "a.lang");
await maker.until(`${by("drafts")}?.innerText.includes("登记权益 (3)")`, "and back");
for (const path of ["/sign", "/import"]) {
  await open(maker, path);
  await maker.until(`${by("drafts")}?.innerText.includes("bureau") && ${by("drafts")}.innerText.includes("(复核)")`, "the drafts with who is to sign");
  await maker.value("document.querySelector('#drafts [id^=open-]').click()");
  await there(maker, "put-all");
  const kept = await maker.value("[...document.querySelectorAll('.payload')].map((one) => one.textContent)");
  expect(kept.join("\n") === shown.join("\n") && await maker.value(waits), `${path}: the same commands with their signatures`);
  await look(maker, `import-kept-${path.slice(1)}`);
}

// The maker leaves all of them in the inbox; the checker finds them on the desk, opens them together and signs with one key.
await click(maker, "put-all");
await maker.until("document.querySelector('[data-put]') !== null", "the inbox");
await look(maker, "import-put");
await open(checker, "/work");
expect((await text(checker)).includes("等待本单位签署: 3"), "the desk counts what waits");
await look(checker, "work-together");
await follow(checker, "#together-check button");
await checker.until("document.querySelectorAll('#part-items tbody tr').length === 3", "all commands");
expect(await checker.value("document.querySelector('#part-submit').children.length === 0"), "what comes next is to sign, and nothing else");
expect((await text(checker, "#part-items")).includes("排污权"), "the kind is said in words");
await checker.give("#checker-key-file", file("bureau-checker.key"));
await click(checker, "sign-now");
await there(checker, "submit");
await look(checker, "import-ready");
await click(checker, "submit");
await checker.until("document.querySelector('[data-done]') !== null", "the end");
const states = await checker.value("[...document.querySelectorAll('[data-state]')].map((one) => one.getAttribute('data-state'))");
expect(states.join() === "accepted,accepted,accepted", `every row is registered (${states.join()})`);
await look(checker, "import-done");
expect(await checker.value("document.querySelector('[data-done] a[href=\"/work\"]') !== null"), "the desk is one step away");
await open(maker, "/import");
await there(maker, "drafts-decided");
expect((await text(maker, "#drafts-decided")).match(/已登记 R\d+/g).length === 3, "the maker reads what became of them");
await checker.value("document.querySelector('[data-state] a').click()");
await checker.until("location.pathname.startsWith('/rights/')", "the right");

// The same file again has nothing to do.
await upload(maker, "book.csv");
expect((await text(maker)).includes("全部行均已登记"), "the same file again changes nothing");
expect(await maker.value(`${by("make")} === null`), "there is nothing to sign");

// A member's other pages.
await open(maker, "/work");
expect((await text(maker)).includes("待办 bureau"), "the desk of the member comes first");
await look(maker, "work");
await open(checker, "/registrar?lang=en");
await look(checker, "registrar");
await maker.value("document.querySelector('.who button').click()");
await maker.until("document.querySelector('.who') === null && document.readyState === 'complete'", "the visitor");
await open(maker, "/import");
expect(await maker.value("document.querySelector('input[type=file]') === null"), "after signing out, a visitor again");

arrive([maker, checker], (one) => one.includes("status of 403") || (one.includes("404") && one.includes("/v1/receipts/")));

await makers.close();
await checkers.close();
