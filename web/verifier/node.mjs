//! The verifier on the command line, for tests and for whoever has node and no browser: see README.md.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Fault } from "./fault.js";
import { sentenceOf } from "./sentence.js";
import { toldOf } from "./told.js";
import { readTrust } from "./trust.js";
import { verify } from "./verify.js";
import { wordsOf } from "./words.js";

const USAGE = "usage: node node.mjs --policy FILE [--old FILE] [--now INSTANT] [--max-age SECONDS] [--entry FILE] [--json] FILE...\n"
  + "       node node.mjs --batch < jobs";

/// What came of a file, in the form of the batch.
function said(result) {
  const failed = result.checks.find((check) => check.outcome === "fail");
  const checks = result.checks.map(({ name, outcome }) => `${name}: ${outcome}`);
  const fraud = result.isFraud ? { fraud_proven: result.isProven ?? null } : {};
  const told = failed && { told: [0, 1].map((language) => toldOf(failed, result, language) ?? null), message: failed.message };
  return { checks, failure: failed?.name ?? null, verdict: result.verdict, ...fraud, ...told };
}

/// What a good file says of its subject, in Chinese and in English.
function sentences(result) {
  return result.verdict === null || result.isFraud ? undefined : [0, 1].map((language) => sentenceOf(result, wordsOf(language), language));
}

const TRUST = new Map();

/// The reader of a job; trust policies are read once.
function readerOf(job) {
  if (!TRUST.has(job.policy)) TRUST.set(job.policy, readTrust(new Uint8Array(readFileSync(job.policy))));
  return {
    policy: TRUST.get(job.policy), old: job.old && readFileSync(job.old, "utf8"), now: job.now, ageMax: job.max_age,
    entry: job.entry && new Uint8Array(readFileSync(job.entry)),
  };
}

function* answers(job) {
  const bytes = new Uint8Array(readFileSync(job.file));
  const reader = readerOf(job);
  if (job.flips === undefined) {
    yield verify(bytes, reader);
    return;
  }
  for (const [at, bits] of job.flips) {
    bytes[at] ^= bits;
    yield verify(bytes, reader);
    bytes[at] ^= bits;
  }
}

async function batch() {
  for await (const line of createInterface({ input: process.stdin })) {
    const job = JSON.parse(line);
    for (const result of answers(job)) process.stdout.write(`${JSON.stringify(said(result))}\n`);
  }
}

function optionsOf(words) {
  const options = { files: [] };
  const named = { "--policy": "policy", "--old": "old", "--now": "now", "--max-age": "max_age", "--entry": "entry" };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === "--json") options.json = true;
    else if (Object.hasOwn(named, word)) options[named[word]] = words[(at += 1)];
    else if (word.startsWith("--")) return undefined;
    else options.files.push(word);
  }
  if (options.max_age !== undefined) options.max_age = Number(options.max_age);
  if (options.now === "now") options.now = new Date().toISOString().replace(/\.[0-9]+Z$/, "Z");
  return options.policy === undefined || options.files.length === 0 ? undefined : options;
}

function print(file, result, json) {
  if (json) {
    const fraud = result.isFraud ? { fraud_proven: result.isProven ?? null } : {};
    console.log(JSON.stringify({ file, verdict: result.verdict, sentences: sentences(result), checks: result.checks, ...fraud }));
    return;
  }
  const fraud = result.isProven ? "the fraud is proven" : "nothing is proven";
  console.log(`${file}: ${result.isFraud ? fraud : result.verdict ?? "no verdict"}`);
  for (const { name, about, outcome, message } of result.checks) {
    console.log(`  ${(about ? `${about}: ${name}` : name).padEnd(22)} ${outcome === "fail" ? "FAIL" : outcome}${message ? ` (${message})` : ""}`);
  }
}

function files(options) {
  let code = 0;
  for (const file of options.files) {
    try {
      const [result] = answers({ ...options, file });
      print(file, result, options.json);
      if (result.verdict === null && !result.isProven) code = Math.max(code, 1);
    } catch (fault) {
      if (!(fault instanceof Fault) && fault.code === undefined) throw fault;
      console.error(`${file}: ${fault.message}`);
      code = 3;
    }
  }
  return code;
}

if (process.argv[2] === "--batch") {
  await batch();
} else {
  const options = optionsOf(process.argv.slice(2));
  if (options === undefined) console.error(USAGE);
  process.exitCode = options === undefined ? 2 : files(options);
}
