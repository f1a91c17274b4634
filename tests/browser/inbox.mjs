//! The inbox of drafts in chromium: the maker signs and puts a command there, the checker finds it on the desk of another
//! machine, signs and submits; a pledgor is asked for its consent, declines with a reason, and signs after all.

import { Browser } from "./chromium.mjs";
import {
  arrive, by, choose, click, config, expect, file, follow, keepsNoDrafts, look, open, program, text, there, type,
} from "./journey.mjs";

async function signIn(page, org, key) {
  await open(page, "/sign-in?next=/work");
  await there(page, "org");
  await page.value(`${by("org")}.value = ${JSON.stringify(org)}`);
  await page.give("#key-file", file(key));
  await click(page, "sign-in-now");
  await page.until("location.pathname === '/work' && document.readyState === 'complete' && document.querySelector('.who') !== null", "the desk");
}

async function sign(page, key, role) {
  await there(page, "sign-now");
  const before = await page.value(`${by("made")}?.children.length ?? 0`);
  await page.give("#key-file", file(key));
  await choose(page, "role", role);
  await click(page, "sign-now");
  await page.until(`(${by("made")}?.children.length ?? 0) === ${before + 1} || ${by("key-fault")}?.querySelector(".refuse")`, "a signature");
}

/// Puts the draft that is open into the inbox; returns what the page says then.
async function put(page) {
  await click(page, "put");
  await page.until("document.querySelector('#put-outcome [data-done], #put-outcome .refuse') !== null", "the inbox's answer");
  return text(page, "#put-outcome");
}

/// What the page says of a draft of the inbox that was just signed.
async function back(page) {
  await page.until("document.querySelector('#put-outcome [data-done=put], #put-outcome .refuse') !== null", "the inbox's answer");
  return text(page, "#put-outcome");
}

async function submitted(page) {
  await click(page, "submit");
  await page.until("document.querySelector('#outcome [data-decision]') !== null", "a decision");
  return page.value("document.querySelector('#outcome [data-decision]').getAttribute('data-decision')");
}

/// Fetches what a link of the page leads to, with the session of the page, and returns what came.
async function fetched(page, selector) {
  return page.value(`(async () => {
    const link = document.querySelector(${JSON.stringify(selector)});
    if (link === null) return "no link";
    const reply = await fetch(link.href);
    return reply.status + " " + reply.headers.get("cache-control") + " " + reply.headers.get("content-type");
  })()`);
}

/// Opens the one draft of a list on the desk, and returns the text that is to be signed.
async function take(page, list) {
  await open(page, "/work");
  await follow(page, `#inbox-${list} tbody a[href^="/sign?draft="]`);
  await there(page, "payload");
  return page.value(`${by("payload")}.textContent`);
}

const makers = new Browser(program);
const others = new Browser(program);
const maker = await makers.page();
const other = await others.page();
for (const page of [maker, other]) await page.clock(config.now);

// A visitor who signs is told that the inbox is for members.
await open(maker, `/sign?act=register&${config.question}`);
await click(maker, "make");
await there(maker, "payload");
expect(await maker.value(`${by("put")} === null`), "a visitor has no inbox");

// Whoever signs in is told what is missing or not there, and is found by its name too.
await open(maker, "/sign-in?next=/work");
await there(maker, "org");
async function told(typed) {
  await maker.value(`${by("org")}.value = ${JSON.stringify(typed)}`);
  await click(maker, "sign-in-now");
  await maker.until("document.querySelector('#sign-in-fault .refuse') !== null", "what is wrong");
  return text(maker, "#sign-in-fault");
}
expect((await told("")).includes("请填写本单位"), "an empty field is told");
expect((await told("M9999")).includes("找不到这一主体"), "a party that is not there is told apart from a wrong key");
expect((await told("bank")).includes("不止一个"), "a name that several have is told");
expect((await told("bank-a")).includes("请选择密钥"), "a party is found by its name");
expect((await told("Ｍ６")).includes("请选择密钥"), "and by wide letters");

// The bureau's maker freezes on a form, signs, and puts it into the inbox.
await signIn(maker, config.bureau, "bureau-maker.key");
expect((await text(maker, "#inbox-sign")).includes("没有"), "nothing waits yet");
await open(maker, `/acts/freeze?record=${config.right}`);
await maker.value(`${by("document")}.value = "${"ab".repeat(32)}"`);
for (const [id, value] of Object.entries({ authority: config.bureau, quantity: "5", from: "2027-01-01", through: "2027-12-31" })) {
  await maker.value(`${by(id)}.value = ${JSON.stringify(value)}`);
}
await follow(maker, "form.question button");
await follow(maker, ".conclusion a.button");
await click(maker, "make");
await there(maker, "payload");
const shown = await maker.value(`${by("payload")}.textContent`);
await sign(maker, "bureau-maker.key", "maker");
const said = await put(maker);
expect(said.includes("等待签署") && said.includes("复核"), `it waits for the checker: ${said}`);
await look(maker, "inbox-put");

// The checker, on another machine, finds it, sees the same bytes, signs and submits.
await signIn(other, config.bureau, "bureau-checker.key");
expect((await text(other)).includes("等待本单位签署: 1"), "the desk counts what waits");
await look(other, "inbox-work");
const spreadsheet = await fetched(other, "#inbox a[download]");
expect(spreadsheet.startsWith("200 private, no-store application/vnd.openxmlformats"), `the inbox leaves as a spreadsheet: ${spreadsheet}`);
expect(await take(other, "check") === shown, "the checker is shown what the maker has signed, byte for byte");
expect(await other.value(`${by("part-next")}.children.length === 0`), "what comes next is to sign, and nothing else");
expect(await other.value(`${by("role")}.value`) === "checker", "the part that is missing is chosen");
await sign(other, "bureau-checker.key", "checker");
expect((await back(other)).includes("已放回待签箱"), "what is signed goes back by itself");
expect(await submitted(other) === "accepted", "the checker submits it");
expect(await other.value(`["submit", "decline", "put-outcome"].every((id) => document.getElementById(id) === null)`), "what is decided is not offered to be submitted or declined");
expect(!(await text(other, "#sign")).includes("可以提交"), "nor said to be");
await open(maker, "/work?lang=en");
expect((await text(maker, "#inbox-waiting")).includes("None."), "what is decided is in the inbox no more");

// The bank asks for a pledge, with a hidden value; the mill declines with a reason, which the bank reads.
await signIn(maker, config.bank, "bank-maker.key");
await open(maker, `/check?${config.question}&lang=zh`);
await follow(maker, ".conclusion a.button");
await type(maker, "hidden-contract_no", "甲-2026-18");
await click(maker, "make");
await there(maker, "payload");
await sign(maker, "bank-maker.key", "maker");
expect((await put(maker)).includes("mill"), "it waits for the pledgor");
await signIn(other, config.mill, "mill-maker.key");
await take(other, "consent");
expect((await text(other, "#part-shown")).includes("甲-2026-18"), "the pledgor sees the hidden value");
await other.value("document.querySelector('#part-inbox details').open = true");
await type(other, "decline-reason", "数量与合同不符");
// Somebody of another member signs in beside, in the same browser: this page does not act for it.
const neighbor = await others.page();
await neighbor.clock(config.now);
await signIn(neighbor, config.bank, "bank-maker.key");
await click(other, "decline");
await other.until("document.querySelector('#inbox-outcome .refuse') !== null", "a refusal");
await open(neighbor, "/work");
expect(await neighbor.value(`${by("inbox-declined")} === null`), "and nothing is declined for it");
await signIn(neighbor, config.mill, "mill-maker.key");
await click(other, "decline");
await other.until("document.querySelector('[data-done=declined]') !== null", "the refusal");
await open(maker, "/work");
expect((await text(maker, "#inbox-declined")).includes("数量与合同不符"), "the bank reads why");
// The drafts of the maker's browser are told apart by quantity and time, and say what was decided meanwhile, once.
await open(maker, "/sign");
await maker.until(`${by("drafts")}?.innerText.includes("mill")`, "the drafts");
expect(await maker.value(`${by("drafts-decided")} === null`), "what another member has signed in this browser is not shown");
const drafts = await text(maker, "#drafts");
expect(drafts.includes("10.000 t/a") && drafts.includes("2027-01-01 至 2027-12-31 (含)") && /生成于 \d{4}-\d{2}-\d{2} \d{2}:\d{2}/.test(drafts), `quantity, days and time of making: ${drafts}`);
await look(maker, "sign-drafts");

// It signs after all, and submits.
await take(other, "waiting");
await look(other, "inbox-sign");
await sign(other, "mill-maker.key", "maker");
expect(await submitted(other) === "accepted", "the pledge is registered");
await open(maker, "/sign");
await there(maker, "drafts-decided");
const over = await text(maker, "#drafts-decided");
expect(/登记担保.*10\.000 t\/a.*已登记 P\d+/s.test(over) && !over.includes("冻结"), `the maker reads what became of it: ${over}`);
expect(await maker.value("document.querySelector('#drafts-decided a[href^=\"/pledges/P\"]') !== null && document.getElementById('drafts') === null"), "with where it stands, and nothing waits");
await open(maker, "/sign");
await there(maker, "draft");
await maker.until(`!${by("sign")}.hasAttribute("aria-busy")`, "the whole page");
expect(await maker.value(`${by("drafts-decided")} === null && ${by("drafts")} === null`), "then it is kept no more");
await open(other, "/work");
expect((await text(other, "#inbox")).match(/没有。/g).length === 4, "nothing waits any more");
await signIn(maker, config.bureau, "bureau-maker.key");
await open(maker, "/sign");
await there(maker, "drafts-decided");
const frozen = await text(maker, "#drafts-decided");
expect(frozen.includes("冻结") && frozen.includes("已登记 F"), `the freeze that the checker has submitted is told to its maker: ${frozen}`);
await signIn(maker, config.bank, "bank-maker.key");

// A draft that is taken back is gone for everybody.
await open(maker, `/sign?act=register&${config.question}`);
await click(maker, "make");
await there(maker, "payload");
await sign(maker, "bank-maker.key", "maker");
await put(maker);
await take(maker, "waiting");
await click(maker, "withdraw");
await maker.until("document.querySelector('[data-done=withdrawn]') !== null", "the end of the draft");
await open(other, "/work");
expect((await text(other, "#inbox-consent")).includes("没有"), "the mill is asked no more");

// Of three who sign, the second closes the page after signing: nothing more is to be done, and the draft waits for the third alone.
await open(maker, `/sign?act=register&${config.question}`);
await there(maker, "make");
await choose(maker, `checkers-${config.bank}`, "1");
await click(maker, "make");
await there(maker, "payload");
await sign(maker, "bank-maker.key", "maker");
await put(maker);
await signIn(other, config.bank, "bank-checker.key");
await take(other, "check");
await sign(other, "bank-checker.key", "checker");
const waits = await back(other);
expect(waits.includes("已放回待签箱") && waits.includes("mill") && !waits.includes("bank"), `it waits for the pledgor alone: ${waits}`);
await open(other, "/work?lang=en");
expect((await text(other, "#inbox-check")).includes("None."), "it asks who has signed no more");
await take(other, "waiting");
await click(other, "withdraw");
await other.until("document.querySelector('[data-done=withdrawn], #inbox-outcome .refuse') !== null", "the end of it");

// The session ends while the maker signs: after signing in anew the signed draft is there, and nothing is made twice.
await open(maker, `/sign?act=register&${config.question}`);
await there(maker, "make");
await type(maker, "hidden-contract_no", "甲-2026-19");
await click(maker, "make");
await there(maker, "payload");
const made = await maker.value(`${by("payload")}.textContent`);
await sign(maker, "bank-maker.key", "maker");
const beside = await makers.page();
await open(beside, "/work");
await follow(beside, ".who button");
expect((await put(maker)).includes("登录已结束"), "the end of the session is told");
await follow(maker, "#put-outcome a");
await there(maker, "org");
await maker.value(`${by("org")}.value = ${JSON.stringify(config.bank)}`);
await maker.give("#key-file", file("bank-maker.key"));
await click(maker, "sign-in-now");
await maker.until(`location.pathname === "/sign" && ${by("payload")} !== null`, "the draft");
expect(await maker.value(`${by("payload")}.textContent`) === made, "byte for byte");
expect(await maker.value(`${by("made")}.children.length`) === 1, "with its signature");
expect((await put(maker)).includes("mill"), "and goes on to the pledgor");

// Where the browser keeps nothing, one signs in beside, and the page goes on as it stands, under the next session.
await open(maker, `/sign?act=register&${config.question}`);
await click(maker, "make");
await there(maker, "payload");
await keepsNoDrafts(maker);
await sign(maker, "bank-maker.key", "maker");
await open(beside, "/work");
await follow(beside, ".who button");
expect((await put(maker)).includes("新的标签页") && await maker.value("document.querySelector('#put-outcome a').target") === "_blank", "one is asked to sign in beside");
await signIn(beside, config.bank, "bank-maker.key");
expect((await put(maker)).includes("mill"), "and the draft of this page goes to the pledgor");

const isUndecided = (one) => one.includes("404") && one.includes("/v1/receipts/");
const isOver = (one) => /40[13]/.test(one) && /\/v1\/(?:drafts|sessions)/.test(one);
arrive([maker, other], (one) => isUndecided(one) || isOver(one) || one.includes("404") && one.includes("/v1/parties/M9999"));

await makers.close();
await others.close();
