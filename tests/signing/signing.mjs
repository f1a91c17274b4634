//! Keys that belong to no signer, to another part or to the same person; drafts that hold such signatures; values that are hidden.

import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const module = (name) => import(pathToFileURL(join(process.argv[2], name)));
const { hiddenFault, hiddenValues, isComplete, newDraft, signDraft } = await module("draft.js");
const { keyOfSeed } = await module("keyring.js");
const { Names } = await module("names.js");
const { extentText } = await module("describe.js");
const { checkersOf, signerOf } = await module("signers.js");
const { wordsOf } = await module("words.js");

const key = (at, name) => keyOfSeed(new Uint8Array(32).fill(at), name);
const [maker, checker, second, holder, stranger, revoked, checks] = ["maker", "checker", "second", "holder", "stranger", "revoked", "checks"]
  .map((name, at) => key(at + 1, name));
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const held = ({ publicKey }, person, more = {}) => ({ added: 1, key: hex(publicKey), person, ...more });
const bank = {
  name: "银行", parts: [{ kid: checks.kid, part: "checker" }],
  keys: [held(maker, "b-01"), held(second, "b-01"), held(checker, "b-02"), held(revoked, "b-03", { revoked: 5 }), held(checks, "b-04")],
};
const mill = { name: "纸厂", keys: [held(holder, "m-01")] };
const other = { name: "别人", keys: [held(stranger, "s-01")] };

// The register, as far as it is asked.
const records = { M6: bank, M9: mill };
globalThis.fetch = async (path) => {
  const record = records[path.split("/").at(-1)];
  return { ok: record !== undefined, json: async () => ({ record }) };
};

const words = wordsOf(0);
const names = new Names({ getAttribute: () => null }, words);
const aud = `registry.example#${"a".repeat(64)}`;
const signers = [{ org: "M6", role: "maker" }, { org: "M6", role: "checker" }, { org: "M9", role: "maker" }];
const asked = { org: "M6", type: "release_pledge", body: { pledge: "P4" }, signers };
const draft = newDraft(asked, {}, aud, 7, Date.UTC(2026, 11, 2));

async function refused(of, role, by) {
  try {
    await names.admit(of, role, by);
  } catch (fault) {
    return fault.reason;
  }
  return undefined;
}

// Nothing is known yet: the register is asked, and whoever is to sign may.
assert.equal(await refused(draft, "maker", maker), undefined);
const strange = await refused(draft, "maker", stranger);
assert.match(strange, /不属于须签署的任何一方.*stranger.*待签: 银行 M6 \(经办\), 银行 M6 \(复核\), 纸厂 M9 \(经办\)/);
names.owners.take("M10", other);
names.put("M10", "别人");
assert.match(await refused(draft, "maker", stranger), /不在签署人之列.*别人 M10 · s-01/);
assert.match(await refused(draft, "checker", revoked), /已吊销/);
assert.match(await refused(draft, "checker", holder), /不能以这一身份.*纸厂 M9 · m-01/);
assert.match(await refused(draft, "maker", checks), /不能以这一身份/);
assert.equal(await refused(draft, "checker", checks), undefined);

const once = await signDraft(draft, "maker", maker);
assert.match(await refused(once, "checker", maker), /这把密钥已经签过/);
assert.match(await refused(once, "checker", second), /这个人已经签过.*待签: 银行 M6 \(复核\), 纸厂 M9 \(经办\)/);
assert.match(await refused(once, "maker", key(8, "new")), /不属于/);
assert.equal(await refused(once, "checker", checker), undefined);
assert.equal(await refused(once, "maker", holder), undefined);
// A key that the register has taken meanwhile.
bank.keys.push(held(key(8, "new"), "b-05"));
assert.equal(await refused(once, "checker", key(8, "new")), undefined);
const both = await signDraft(once, "checker", checker);
assert.match(await refused(both, "checker", checks), /这一身份已经签齐.*待签: 纸厂 M9/);

// A draft that a stranger has signed is not whole: the signature is left out, and the holder can still sign.
const wrong = await signDraft(both, "maker", stranger);
assert.ok(isComplete(wrong));
const proper = names.owners.proper(wrong);
assert.ok(!isComplete(proper) && proper.made.length === 2 && proper.text === wrong.text);
assert.equal(await refused(proper, "maker", holder), undefined);
assert.equal(names.owners.proper(both), both);
assert.ok(isComplete(names.owners.proper(await signDraft(both, "maker", holder))));

// What the register does not say is held against nobody.
const silent = new Names({ getAttribute: () => null }, words);
globalThis.fetch = async () => ({ ok: false });
await silent.admit(draft, "maker", stranger);
assert.equal(silent.owners.proper(wrong), wrong);

// Hidden sums: as people write them, hidden as the register counts them; what is none is named before anybody signs.
const hides = (value) => {
  const hidden = hiddenValues({ contract_no: " 甲-1 ", principal_cny: value });
  return hiddenFault(hidden)?.join(" ") ?? hidden.principal_cny;
};
assert.equal(hides("5,000,000"), "5000000");
assert.equal(hides(" 5，000，000.50 "), "5000000.50");
assert.equal(hides("５００"), "500");
assert.equal(hides("1 360 000"), "1360000");
assert.equal(hides("999999999999.999999"), "999999999999.999999");
assert.equal(hides(""), "");
for (const wrong of ["abc", "500万元", "-1", "<b>x</b>", "50,00", "1,0000", "1.2345678", "05", "1e3", "5,000 000"]) {
  assert.equal(hides(wrong), "principal_cny sum_wrong", wrong);
}
assert.equal(hides("1,000,000,000,000"), "principal_cny sum_large");
assert.equal(hiddenFault({ contract_no: "甲".repeat(342) })[1], "hidden_long");
assert.equal(hiddenFault({ warning_ltv_percent: "70%" })[1], "percent_wrong");
assert.equal(hiddenFault({ warning_ltv_percent: "72.5", purpose: "购置设备" }), undefined);
for (const [, fault] of [["", "sum_wrong"], ["", "sum_large"], ["", "hidden_long"], ["", "percent_wrong"]]) assert.notEqual(words.fault(fault), fault);

// Checkers: never fewer than the rules want, and no more than there are persons beside the maker, where that is known.
assert.deepEqual(checkersOf(1, 2), ["1"]);
assert.deepEqual(checkersOf(0, 2), ["0", "1"]);
assert.deepEqual(checkersOf(2, 1), ["2"]);
assert.deepEqual(checkersOf(1, undefined), ["1", "2", "3"]);

// How a party signs, by what its record says: the strictest rule that concerns the command, and persons with valid keys.
const ruled = { ...bank, threshold: 1, signing: [{ command: "record_verification", threshold: 3 }] };
assert.deepEqual(signerOf("M6", ruled, "record_verification"), { org: "M6", checkers: 2, persons: 4 });
assert.equal(signerOf("M6", ruled, "release_pledge").checkers, 0);
assert.equal(signerOf("M6", ruled, "add_key").checkers, 2);
assert.equal(signerOf("M6", { ...ruled, threshold: 4 }, "record_verification").checkers, 3);
assert.deepEqual(signerOf("M6", {}, "record_verification"), { org: "M6", checkers: 0, persons: undefined });

// A command that names fewer than the rules want is told, with whose rule; what is not known is held against nobody.
names.owners.take("M6", { ...bank, threshold: 3 });
assert.match(names.shortness(draft), /银行 M6.*须 3 人签署.*只列了 2 人.*5009/);
names.owners.take("M6", { ...bank, threshold: 2 });
assert.equal(names.shortness(draft), "");
assert.equal(silent.shortness(draft), "");

// A command in few words: quantity and days of its first line, days inclusive.
names.codes = { units: { mu: { scale: 2, word: "亩" } } };
names.records.set("R2", { unit: "t/a" });
const lines = [{ right: "R2", quantity: "12.5", from: "2027-01-01", to: "2028-01-01" }, { right: "R3" }];
assert.equal(extentText({ body: { lines } }, 0, names), "12.5 t/a, 2027-01-01 至 2027-12-31 (含), + 1");
assert.equal(extentText({ body: { quantity: "325.41", unit: "mu", span: { from: "2015-01-01", to: "2066-01-01" } } }, 1, names), "325.41 亩, 2015-01-01 through 2065-12-31");
assert.equal(extentText({ body: { pledge: "P4" } }, 0, names), "");
assert.equal(wordsOf(1).days(1), "1 day");
assert.equal(wordsOf(1).days(7), "7 days");
assert.equal(wordsOf(0).days(1), "1 天");
