//! The page 核验 in chromium: served, and opened from a disk with the network off. Good and changed files, both languages,
//! with a trust policy and without one, by keyboard where a person would use it.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser } from "./chromium.mjs";
import { looked } from "./looks.mjs";

const config = JSON.parse(process.argv[2]);
const browser = new Browser(process.env.GREENLIEN_CHROMIUM ?? "chromium");
const file = (name) => join(config.folder, name);
let failed = 0;

function expect(holds, what) {
  console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
  if (!holds) failed += 1;
}

/// Gives files to a fresh page and returns what it says.
async function said(page, address, files) {
  await page.open(address);
  for (const [field, name] of Object.entries(files)) await page.give(`#${field}`, file(name));
  await page.until("document.querySelector('#result h2, #result .technical') !== null", `${address}: a report`);
  const all = ["file", "trust", "old"].filter((field) => files[field]);
  const settled = all.map((field) => `document.getElementById('${field}-chosen').textContent !== ''`).join(" && ");
  await page.until(settled, "the files");
  await page.until("document.querySelector('#result h2, #result .technical') !== null", `${address}: a report`);
  return page.value("document.getElementById('result').innerText");
}

/// A certificate, as JSON and as PDF, with the code that stands on the paper typed in by keyboard.
async function certificates(page, address, where, word) {
  for (const name of ["certificate.json", "certificate.pdf"]) {
    const text = await said(page, address, { trust: "trust.txt", file: name });
    expect(text.includes(word.recorded) && text.includes(word.certificate), `${where}: ${name} is recorded`);
    expect(text.includes(word.free) && text.includes("40.000 t/a"), `${where}: ${name}: its facts are shown`);
    expect(text.includes(word.pages) === name.endsWith(".pdf"), `${where}: ${name}: its pages are not made again`);
    const beside = await page.value("document.querySelector('#result .conclusion + .notice.warn')?.innerText ?? ''");
    const isPlain = await page.value("document.querySelector('#result .conclusion.yes') !== null");
    expect(isPlain === name.endsWith(".json"), `${where}: ${name}: a PDF, whose pages are not compared, has no plain tick`);
    expect(beside.includes(word.printed) === name.endsWith(".pdf"), `${where}: ${name}: beside the verdict it says that the print was not checked`);
  }
  const paper = async (typed) => {
    await page.value("(() => { const one = document.getElementById('paper'); one.focus(); one.value = ''; })()");
    await page.send("Input.insertText", { text: typed });
    return page.value("document.getElementById('paper-said').textContent");
  };
  expect((await paper(config.code)).includes(word.same), `${where}: the code on the paper is that of the file`);
  expect((await paper(config.qr)).includes(word.same), `${where}: so is the QR code`);
  expect((await paper(config.scanned)).includes(word.same), `${where}: so is one that begins with an address`);
  const other = config.scanned.replace(/#[0-9]+/, "#1");
  expect((await paper(other)).includes(word.other), `${where}: and of another position it is told to differ`);
  expect((await paper(config.qr.replace("/1 ", "/1 0"))).includes(word.noCode), `${where}: what is no code is told so`);
  expect((await paper("0000-0000-0000-0000")).includes(word.other), `${where}: another code is told`);
  const forged = await said(page, address, { trust: "trust.txt", file: "forged.json" });
  expect(forged.includes(word.fails) && !forged.includes(word.burdens), `${where}: a forged statement is refused`);
}

/// What a print of the report says of the check: in a section, and at the foot of every page.
async function printed(page, where, word, size) {
  const digest = await digestOf(readFileSync(file("right.json")));
  const section = await page.value("document.querySelector('.check-record').innerText");
  const all = [word.record, "right.json", digest, "trust.txt", await digestOf(readFileSync(file("trust.txt"))), size, config.origin, ...word.clocks];
  const lacks = all.filter((one) => !section.replaceAll("\n", " ").replaceAll(/(?<=[0-9a-f]{4}) (?=[0-9a-f]{4})/g, "").includes(one));
  expect(lacks.length === 0, `${where}: the record of the check lacks nothing (${lacks.join(", ")}; ${section})`);
  const foot = await page.value(footRule);
  const wanted = [digest, `${word.position_} ${size}`, config.origin, "R10", ...word.clocks, "bottom-left"];
  expect(wanted.every((one) => foot.includes(one)), `${where}: the foot of printed pages says what was checked (${foot})`);
}

const footRule = "[...document.adoptedStyleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join()";

async function digestOf(bytes) {
  return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
}

/// Types a code on the served page and presses Enter; returns the verdict, what the page says, and what stands as typed from paper.
async function reportOn(page, language, typed) {
  await page.open(`${config.address}/verify?lang=${language}`);
  await page.give("#trust", file("trust.txt"));
  await page.value("document.getElementById('code').focus()");
  await page.send("Input.insertText", { text: typed });
  await page.press("Enter", "Enter", "\r");
  return settled(page);
}

async function settled(page) {
  await page.until("document.querySelector('#result h2, #result .technical, #result .notice') !== null", "what comes of a code");
  return page.value(`(() => {
    const [result, paper] = [document.getElementById("result"), document.getElementById("paper")];
    return { verdict: result.dataset.verdict, said: result.innerText, paper: paper?.value, compared: document.getElementById("paper-said")?.textContent };
  })()`);
}

/// The code of a certificate alone: the register is asked for it, and this browser checks what it answers.
async function byCode(page, language, word) {
  const where = `by code ${language}`;
  for (const typed of [config.code, config.qr, config.scanned]) {
    const { verdict, said, paper, compared } = await reportOn(page, language, typed);
    expect(verdict === "recorded" && said.includes(word.recorded) && said.includes(word.free), `${where}: what ${typed} names is checked (${said.slice(0, 200)})`);
    expect(said.includes(word.certificate) && said.includes(word.checks), `${where}: its checks are named`);
    expect(compared.includes(word.same) && paper.replaceAll("-", "").length >= 16, `${where}: and it is compared with what was typed (${paper})`);
  }
  const faults = await looked(page);
  expect(faults.length === 0, `${where}: the report looks well (${faults.join("; ")})`);
}

/// A register that lies: nothing but the certificate of the code, whole, is believed.
async function lied(page) {
  const word = WORDS.zh;
  const text = readFileSync(file("certificate.json"), "utf8");
  const lies = [
    ["a forged statement", config.code, readFileSync(file("forged.json"), "utf8"), word.fails],
    ["another certificate", config.code, readFileSync(file("other.json"), "utf8"), word.other],
    ["evidence in its place", config.code, readFileSync(file("right.json"), "utf8"), word.other],
    ["another position than on paper", config.scanned.replace(/#[0-9]+/, "#1"), text, word.other],
  ];
  for (const [what, typed, answer, told] of lies) {
    await page.lies("*/v1/certificates/*", 200, answer);
    const { verdict, said } = await reportOn(page, "zh", typed);
    expect(verdict === "fail" && said.includes(told) && !said.includes(word.burdens), `by code: ${what} is refused (${said.slice(0, 200)})`);
  }
  await page.lies("*/v1/certificates/*", 429);
  const busy = await reportOn(page, "zh", config.code);
  expect(busy.verdict === undefined && busy.said.includes("登记系统忙"), `by code: a register that is busy is told (${busy.said})`);
  await page.lies();
  for (const [language, { noSuch }] of Object.entries(WORDS)) {
    const nobody = await reportOn(page, language, "0000-0000-0000-0000");
    expect(nobody.verdict === undefined && nobody.said.includes(noSuch), `by code ${language}: a code of nothing is told (${nobody.said})`);
  }
}

/// From the page of a certificate, with one press; all that was scanned is compared.
async function fromItsPage(page) {
  const scanned = new URL(config.scanned);
  await page.open(`${config.address}${scanned.pathname}?lang=zh${scanned.hash}`);
  await page.arrives(() => page.value("document.getElementById('verify-this').click()"));
  const { said, paper, compared } = await settled(page);
  expect(said.includes(WORDS.zh.compare) && paper.endsWith(scanned.hash), `by code: one press on its page checks it (${paper}; ${said.slice(0, 200)})`);
  expect(compared.includes(WORDS.zh.same), "by code: with all that was scanned");
  await page.arrives(() => page.value("document.querySelector('a.lang').click()"));
  const english = await settled(page);
  expect(english.said.includes(WORDS.en.compare) && english.paper === paper, `by code: and again in the other language (${english.said.slice(0, 200)})`);
}

/// Files that are dragged to the page and dropped: on the field that they are for, and beside every field.
async function dropped(page, address, where, word) {
  await page.open(address);
  await page.drops("[data-field=trust]", file("trust.txt"));
  await page.until("document.getElementById('trust-chosen').textContent.includes('trust.txt')", "the trust policy");
  await page.drops("[data-field=file] label", file("right.json"));
  await page.until("document.querySelector('#result .conclusion.yes') !== null", "the verdict on what was dropped");
  await page.drops("label[for=age]", file("changed.json"));
  await page.until("document.querySelector('#result .conclusion.no') !== null", "the verdict on what was dropped beside the fields");
  const said = await page.value("document.getElementById('result').innerText");
  expect(said.includes(word.fails) && (await page.value("location.href")) === address, `${where}: dropped files are checked, and none is opened in place of the page`);
}

/// What a guarantor who is no engineer reads: how old the state is, what to do next, and which of the files is at fault.
async function advised(page, language, { next, old, limit, trustAlone, cannotRead, age }) {
  const address = `${config.address}/verify?lang=${language}`;
  const first = () => page.value("document.querySelector('#result .conclusion').innerText");
  await page.size(360, 640);
  await said(page, address, { trust: "trust.txt", file: "right.json" });
  const good = await first();
  expect(good.includes(age) && good.includes(next), `advised ${language}: a good verdict says how old it is, and what to do next (${good})`);
  const top = await page.value("document.querySelector('#result .conclusion').getBoundingClientRect().top / innerHeight");
  expect(top >= 0 && top < 1, `advised ${language}: on a phone the verdict comes into sight (${top})`);
  await page.value("(() => { const ages = document.getElementById('age'); ages.value = '1'; ages.dispatchEvent(new Event('change')); })()");
  await page.until("document.querySelector('#result .conclusion.no') !== null", "the verdict under a limit of age");
  const late = await first();
  expect(late.includes(old) && late.includes(limit) && late.includes(next) && !late.includes(WORDS[language].fails), `advised ${language}: what is too old is not called false (${late})`);
  await said(page, address, { trust: "trust.txt", file: "changed.json" });
  const changed = await first();
  expect(changed.includes(WORDS[language].fails) && changed.includes(next), `advised ${language}: of a changed file it says whom to ask (${changed})`);
  writeFileSync(file("broken.txt"), "log nothing\n");
  await said(page, address, { trust: "broken.txt", file: "right.json" });
  const broken = await first();
  expect(broken.includes(trustAlone) && broken.includes(next) && !broken.includes(cannotRead), `advised ${language}: a broken trust policy is not a fault of the file (${broken})`);
}

const ADVICE = {
  zh: { next: "下一步: ", old: "文件太旧, 不说明现状", limit: "超过您所设的 10 分钟", trustAlone: "还没有核验: 信任文件用不上", cannotRead: "读不了这个文件", age: ", 距核验时 " },
  en: { next: "Next: ", old: "This file is too old to say what holds now", limit: "more than your limit of 10 minutes", trustAlone: "Nothing was checked yet", cannotRead: "This file cannot be read", age: " before this check" },
};

async function rounds(page, address, where, languages) {
  for (const [language, word] of languages) {
    const trusted = await said(page, address(language), { trust: "trust.txt", file: "right.json", old: "checkpoint.txt" });
    expect(trusted.includes(word.recorded), `${where} ${language}: a good file is recorded`);
    expect(trusted.includes(word.free) && trusted.includes("40.000 t/a"), `${where} ${language}: it says what is not encumbered`);
    expect(!trusted.includes(word.fails), `${where} ${language}: nothing fails`);
    const size = JSON.parse(readFileSync(file("right.json"), "utf8")).checkpoint.split("\n")[1];
    expect(trusted.includes(`${word.position} ${size})`), `${where} ${language}: the position is the size of the log, as on paper`);
    await printed(page, `${where} ${language}`, word, size);
    const pledge = await said(page, address(language), { trust: "trust.txt", file: "pledge.json" });
    const absent = await said(page, address(language), { trust: "trust.txt", file: "absent.json" });
    expect(absent.includes(word.notThere) && absent.includes("91500113PP7QNGFH31009R | SO2"), `${where} ${language}: that nothing is there is said as such`);
    expect(!absent.includes(`${word.recorded}\n`) && !absent.includes("discharge-permit:"), `${where} ${language}: and is no record of something`);
    expect(pledge.includes(word.registered), `${where} ${language}: a pledge is shown`);
    // Who objects to a pledge is named where the file is about the pledge; that of a right shows no record of theirs.
    for (const [name, more] of [["clouded-right.json", "P12 [(].*bank-a"], ["clouded-pledge.json", "bank-b"]]) {
      await said(page, address(language), { trust: "trust.txt", file: name });
      const sentence = await page.value("document.querySelector('#result .conclusion .answer').innerText");
      expect(word.clouds.every((one) => sentence.includes(one)) && new RegExp(more).test(sentence), `${where} ${language}: ${name}: what stands against it comes first (${sentence})`);
    }
    const changed = await said(page, address(language), { trust: "trust.txt", file: "changed.json" });
    const foot = await page.value(footRule);
    expect(foot.includes(word.fails) && foot.includes(await digestOf(readFileSync(file("changed.json")))) && !foot.includes("R10"), `${where} ${language}: the foot of a refused file says so (${foot})`);
    expect(changed.includes(word.fails) && !changed.includes(word.burdens), `${where} ${language}: a changed file is refused, and its facts are not shown`);
    const told = await page.value("[...document.querySelectorAll('#result .told')].map((one) => one.innerText).join()");
    expect(word.told.test(told) && changed.split(told).length === 3, `${where} ${language}: it is told in plain words what is wrong and where, first and at its check (${told})`);
    await certificates(page, address(language), `${where} ${language}`, word);
    const alone = await said(page, address(language), { file: "right.json" });
    expect(alone.includes(word.compare), `${where} ${language}: without a trust policy the fingerprint must be compared`);
    await page.value("document.getElementById('compared').focus()");
    await page.press(" ", "Space", " ");
    await page.until("document.querySelector('#result .conclusion.yes') !== null", "the verdict after comparing");
    expect(true, `${where} ${language}: after comparing, by keyboard, it is recorded`);
  }
}

const WORDS = {
  zh: { record: "核验记录", position_: "检查点位置", clocks: ["登记系统时钟", "核验时间 (本机时钟)"], told: /^(第 [0-9]+ 项记录 \(权益 R[0-9]+\)|账页 [0-9]+): .*。$/, recorded: "已记载", notThere: "未见记录, 已由账簿证明", position: "位置", free: "未登记负担", fails: "不可采信", burdens: "记载\n", registered: "在登", clouds: ["悬空 (其下已无权益): P12.0", "20.000 t/a", "未决异议: "], compare: "待对照指纹", certificate: "查询证明", pages: "本程序不制作页面", printed: "没有核对印在 PDF 页面上的文字", same: "与本文件一致", other: "与本文件不一致", noCode: "不是核验码", checks: "逐项核验", noSuch: "登记系统没有以此为核验码的查询证明" },
  en: { record: "Record of this check", position_: "Checkpoint at position", clocks: ["the register's clock", "Checked at (this computer's clock)"], told: /^(Record number [0-9]+ \(Right R[0-9]+\)|Entry [0-9]+): .*\.$/, recorded: "Recorded", notThere: "Nothing is recorded, as the log proves", position: "position", free: "Not encumbered", fails: "Do not rely", burdens: "What the file shows", registered: "registered", clouds: ["overhang, with no right beneath it: P12.0", "20.000 t/a", "Standing objections: "], compare: "Compare the fingerprint", certificate: "Search certificate", pages: "This program makes no pages", printed: "was not checked here", same: "That is the code of this file", other: "That is not of this file", noCode: "This is no code", checks: "The checks", noSuch: "The register has no certificate with this verification code" },
};

const page = await browser.page();
await page.clock(config.now);
await rounds(page, (language) => `${config.address}/verify?lang=${language}`, "served", Object.entries(WORDS));
for (const [language, word] of Object.entries(WORDS)) await byCode(page, language, word);
await fromItsPage(page);
await dropped(page, `${config.address}/verify?lang=zh`, "served", WORDS.zh);
const outside = page.requests.filter((url) => !url.startsWith(config.address));
expect(outside.length === 0, `served: no request leaves the register (${outside.join(", ")})`);
expect(page.complaints.length === 0, `served: no complaints of the browser (${page.complaints.join("; ")})`);

const phone = await browser.page();
await phone.clock(config.now);
for (const [language, words] of Object.entries(ADVICE)) await advised(phone, language, words);

const liar = await browser.page();
await liar.clock(config.now);
await lied(liar);

// A computer whose clock is behind still checks everything but the age, and says so.
const late = await browser.page();
await late.clock("2026-11-25T02:00:00Z");
const behind = await said(late, `${config.address}/verify?lang=zh`, { trust: "trust.txt", file: "right.json" });
expect(behind.includes("时钟早于") && behind.includes(WORDS.zh.recorded), "a clock that is behind is told, and the file is recorded");
const certified = await said(late, `${config.address}/verify?lang=zh`, { trust: "trust.txt", file: "certificate.json" });
expect(certified.includes("时钟早于") && !certified.includes(WORDS.zh.fails), "so it is with a certificate");
const altered = await said(late, `${config.address}/verify?lang=zh`, { trust: "trust.txt", file: "changed.json" });
expect(altered.includes(WORDS.zh.fails) && !altered.includes("「时效」"), "what was changed is found under that clock too");
writeFileSync(file("letter.txt"), "no evidence at all");
const other = await said(late, `${config.address}/verify?lang=zh`, { trust: "trust.txt", file: "letter.txt" });
expect(other.includes("可能选错了文件"), "another kind of file is called that");

const reply = await fetch(`${config.address}/verify/offline.html`);
expect(reply.headers.get("content-disposition")?.startsWith("attachment") === true, "the file for offline use is a download");
const bytes = Buffer.from(await reply.arrayBuffer());
writeFileSync(file("greenlien-verify.html"), bytes);
const hash = await digestOf(bytes);
await page.open(`${config.address}/verify`);
const shown = await page.value("document.querySelector('.offline .id').textContent.replaceAll(' ', '')");
expect(shown === hash, "the page shows the hash of the file for offline use");

const disk = await browser.page();
await disk.clock(config.now);
await disk.offline();
const address = pathToFileURL(file("greenlien-verify.html")).href;
await dropped(disk, address, "from a disk", WORDS.zh);
await rounds(disk, () => address, "from a disk", [["zh", WORDS.zh]]);
await disk.value("document.querySelector('button').focus()");
await disk.press("Enter", "Enter", "\r");
expect((await disk.value("document.documentElement.lang")) === "en", "from a disk: the language changes by keyboard");
await disk.until("document.querySelector('#result .conclusion') !== null", "the report in English");
const english = await disk.value("document.getElementById('result').innerText");
expect(english.includes(WORDS.en.recorded), "from a disk: the report is drawn again in English");
const asked = disk.requests.filter((url) => !url.startsWith("file:"));
expect(asked.length === 0, `from a disk: no request at all (${asked.join(", ")})`);
expect(disk.complaints.length === 0, `from a disk: no complaints of the browser (${disk.complaints.join("; ")})`);
expect(readFileSync(file("greenlien-verify.html"), "utf8").match(/<script/g).length === 1, "the file has one script");

await browser.close();
process.exitCode = failed === 0 ? 0 : 1;
