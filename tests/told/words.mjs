//! Every message that the verifier in JavaScript can fail with has a plain sentence in both languages: reads the sources, takes the
//! texts that faults are made of, and prints those that no row knows.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const { toldOf } = await import(pathToFileURL(join(folder, "told.js")).href);
const { TOLD_OF_FILE } = await import(pathToFileURL(join(folder, "told_file.js")).href);
const { TOLD_OF_ACTS } = await import(pathToFileURL(join(folder, "told_acts.js")).href);

/// The end of the text that begins at a quote; of a template, what stands in braces is passed over.
function endOfText(source, start) {
  const quote = source[start];
  for (let at = start + 1; ; at += 1) {
    if (source[at] === "\\") at += 1;
    else if (source[at] === quote) return at;
    else if (quote === "`" && source.startsWith("${", at)) at = endOfBraces(source, at + 1);
  }
}

function endOfBraces(source, start) {
  for (let at = start + 1; ; at += 1) {
    if (source[at] === "}") return at;
    if (source[at] === "{") at = endOfBraces(source, at);
    else if ("\"'`".includes(source[at])) at = endOfText(source, at);
  }
}

/// A template as a message in which each value is {}.
function messageOf(text) {
  let message = "";
  for (let at = 0; at < text.length; at += 1) {
    if (text.startsWith("${", at)) {
      at = endOfBraces(text, at + 1);
      message += "{}";
    } else message += text[at];
  }
  return message;
}

/// The texts in the last argument of a call that begins at a parenthesis.
function lastTexts(source, start) {
  let texts = [];
  let level = 0;
  for (let at = start; ; at += 1) {
    const point = source[at];
    if ("\"'`".includes(point)) {
      const end = endOfText(source, at);
      texts.push(messageOf(source.slice(at + 1, end)));
      at = end;
    } else if ("([{".includes(point)) level += 1;
    else if (")]}".includes(point)) {
      level -= 1;
      if (level === 0) return texts;
    } else if (point === "," && level === 1 && !/^\s*\)/.test(source.slice(at + 1))) texts = [];
  }
}

const messages = new Set();
for (const file of readdirSync(folder).filter((name) => name.endsWith(".js") && !name.startsWith("told"))) {
  const source = readFileSync(join(folder, file), "utf8").replace(/^\s*\/\/.*$/gm, "");
  for (const { index, 0: call } of source.matchAll(/\b(?:must|fail|fault|Fault)\(/g)) {
    for (const text of lastTexts(source, index + call.length - 1)) messages.add(text);
  }
}

const rows = [...TOLD_OF_FILE, ...TOLD_OF_ACTS];
const wrong = [];
for (const message of messages) {
  const text = message.replace(/\{\}/g, "R41");
  const [zh, en] = [0, 1].map((language) => toldOf({ place: "entry 12", text }, undefined, language));
  if (zh === undefined || en === undefined) wrong.push(`no sentence: ${message}`);
  else if (/[\u4e00-\u9fff]/.test(en) || !zh.startsWith("账页 12: ") || /\{|undefined/.test(zh + en)) wrong.push(`${message}: ${zh} ${en}`);
}
const known = new Set(rows.map(([message]) => message.replace("{*}", "{}")));
for (const message of messages) if (!known.has(message)) wrong.push(`no row of its own: ${message}`);
for (const message of known) if (!messages.has(message)) wrong.push(`no fault says: ${message}`);
if (known.size !== rows.length) wrong.push("a row stands twice");
for (const [message, zh] of rows) if (!/[\u4e00-\u9fff]/.test(zh)) wrong.push(`not in Chinese: ${message}`);
// What is of no form that is read says so, and a file that was cut off is not taken for such.
const { isOther } = await import(pathToFileURL(join(folder, "verify.js")).href);
for (const text of ["", "hello", "[]", "\n"]) if (!isOther(new TextEncoder().encode(text))) wrong.push(`taken for evidence: ${text}`);
for (const text of ["{", "{\"a\":1}\n", "%PDF-1.7", "c2sp.org/tlog-proof@v1\n"]) if (isOther(new TextEncoder().encode(text))) wrong.push(`not taken for evidence: ${text}`);
console.log([`${messages.size} messages`, ...wrong].join("\n"));
process.exitCode = wrong.length === 0 && messages.size > 400 ? 0 : 1;
