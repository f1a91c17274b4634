//! Search certificates (FORMATS 7.10): what was asked, the evidence files that answer, and a statement that they must make.
//!
//! Number, code, reader, address and hour of issue are the registry's word: no check covers them.

import { textOf, utf8 } from "./bytes.js";
import { read, write } from "./canonical.js";
import { verification } from "./checks.js";
import { failed, Fault, must } from "./fault.js";
import { readEvidence } from "./file.js";
import { distinct, integer, isObject, list, object, optional, string, word } from "./forms.js";
import { absenceOf, hasIdentity, ownerOf, statementOf, subjectOf } from "./statement.js";
import { characters, instantSigned, rightId } from "./values.js";

const BEGINNING = utf8("{\"asked\":");
const BYTES_MAX = 268_435_456;
const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

export function isCertificate(bytes) {
  return BEGINNING.every((byte, at) => bytes[at] === byte);
}

// ---------------------------------------------------------------------------------------------------------------------
// The code
// ---------------------------------------------------------------------------------------------------------------------

/// The code as a person writes it, without hyphens and spaces and in capitals; undefined if its check character is wrong.
export function readCode(typed) {
  const code = typed.replace(/[- ]/g, "").toUpperCase();
  if (!/^[0-9A-HJ-NPQRTUWXY]{16}$/.test(code)) return undefined;
  let weight = 1;
  let sum = 0;
  for (const letter of code.slice(0, 15)) {
    sum += weight * ALPHABET.indexOf(letter);
    weight = (weight * 3) % 31;
  }
  return ALPHABET[(31 - (sum % 31)) % 31] === code[15] ? code : undefined;
}

/// The code in groups of four, as it is printed.
export function groupedCode(code) {
  return code.match(/.{4}/g).join("-");
}

/// What a QR code on the pages says, with an address before it or without: the code, and the size, root and origin of the log;
/// undefined for anything else.
export function readQr(text) {
  const plain = /^GREENLIEN-CERTIFICATE\/1 ([0-9A-Z]{16}) (0|[1-9][0-9]*) ([0-9a-f]{64}) (.+)$/;
  const page = /^https?:\/\/[a-z0-9.:-]+\/certificates\/([0-9A-Z]{16})#(0|[1-9][0-9]*)\/([0-9a-f]{64})\/(.+)$/;
  const parts = plain.exec(text.trim()) ?? page.exec(text.trim());
  return parts ? { code: parts[1], size: Number(parts[2]), root: parts[3], origin: parts[4] } : undefined;
}

/// Says whether what was typed or scanned from paper is that of this certificate; undefined if it can be neither.
export function isOnPaper(certificate, typed) {
  const qr = readQr(typed);
  const code = qr?.code ?? readCode(typed);
  if (code === undefined) return undefined;
  const { size, root, origin } = certificate.statement;
  return code === certificate.code && (qr === undefined || (qr.size === size && qr.root === root && qr.origin === origin));
}

// ---------------------------------------------------------------------------------------------------------------------
// The file
// ---------------------------------------------------------------------------------------------------------------------

function oneLine(value, place) {
  const fits = typeof value === "string" && characters(value) >= 1 && characters(value) <= 120 && !/\p{Cc}/u.test(value);
  must(fits, place, "this is not one line of 1 to 120 characters");
}

function identityText(value, place) {
  must(typeof value === "string" && /^[^:]+:./su.test(value), place, "this is not an identity");
}

const asked = (value, place) => {
  const forms = { right: object({ right: rightId }), identities: object({ identities: distinct(identityText, (text) => text, 1, 8) }) };
  must(isObject(value), place, "this is not an object");
  forms[Object.hasOwn(value, "right") ? "right" : "identities"](value, place);
};

const reader = object({ name: optional(oneLine), purpose: optional(oneLine) }, (value, place) => {
  must(Object.keys(value).length > 0, place, "an object that says nothing");
});

/// Where the registry says that its pages are: scheme, host and port.
function site(value, place) {
  const parts = typeof value === "string" && value.length <= 80 && /^https?:\/\/([a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?$/.exec(value);
  const isLabel = (label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label);
  const fits = parts && parts[1].split(".").every(isLabel) && Number(parts[2] ?? 1) <= 65_535;
  must(fits, place, "this is not an address of pages");
}

const anything = () => {};

const certificateForm = object({
  asked, auditors: list(string, 0, 64), evidence: list(anything, 0), format: word("greenlien-certificate/v1"), issued: instantSigned,
  number: integer(0), provisional: optional(string), reader: optional(reader), site: optional(site), statement: anything,
  code: (value, place) => must(typeof value === "string" && readCode(value) === value, place, "this is not a verification code"),
});

/// Reads a certificate and its evidence files, and refuses a statement that they do not make.
export function readCertificate(bytes) {
  must(bytes.length <= BYTES_MAX, "file", "longer than 268,435,456 bytes");
  const text = textOf(bytes);
  must(text !== null, "file", "this is not UTF-8");
  must(text.endsWith("\n"), "file", "the file does not end with a line feed");
  const certificate = read(text.slice(0, -1), "file");
  certificateForm(certificate, "file");
  const files = certificate.evidence.map((file) => {
    const own = utf8(`${write(file)}\n`);
    return { bytes: own, file: readEvidence(own) };
  });
  const statement = statementOf(files.map(({ file }) => file));
  must(write(statement) === write(certificate.statement), "statement", "it is not what the evidence in the file says");
  return { certificate, files };
}

/// Everything that was asked is answered, once, under one checkpoint, and nothing else is.
function answers({ asked: question }, files) {
  const subjects = files.map(({ file }) => ({ ...subjectOf(file), file }));
  files.forEach(({ file }, at) => {
    must(file.checkpoint === files[0].file.checkpoint, subjects[at].of, "it is under another checkpoint");
    must(subjects.findIndex(({ of }) => of === subjects[at].of) === at, subjects[at].of, "it stands twice");
  });
  const needed = new Set(question.right === undefined ? question.identities.map((text) => answerTo(text, subjects)) : [`right|${question.right}`]);
  const same = needed.size === subjects.length && subjects.every(({ of }) => needed.has(of));
  must(same, "asked", "the evidence is about something else than what was asked");
}

/// The subject that answers for an identity: its absence, or the right that has it.
function answerTo(text, subjects) {
  const colon = text.indexOf(":");
  const identity = { scheme: text.slice(0, colon), value: text.slice(colon + 1) };
  const absence = absenceOf(identity);
  const found = subjects.find(({ of }) => of === absence) ?? subjects.find((subject) => leadsTo(subject, identity));
  must(found, "asked", `${text} was asked for and is not answered`);
  return found.of;
}

/// Whether the right has the identity, and the file shows that it leads to it and not to one that came after it.
function leadsTo({ right, file }, identity) {
  return right !== undefined && hasIdentity(right, identity) && ownerOf(file, identity)?.right === file.subject.name;
}

// ---------------------------------------------------------------------------------------------------------------------
// The checks
// ---------------------------------------------------------------------------------------------------------------------

function attempt(name, work) {
  try {
    work();
    return { name, outcome: "pass" };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return { name, ...failed(fault) };
  }
}

/// Verifies a certificate, one check after another, as `verification` does a file; the checks of its files say of which.
/// `hasPages` says that it was taken out of a PDF.
export function* verifyCertificate(bytes, trust, hasPages) {
  const checks = [];
  const parts = [];
  let read_;
  for (const [name, work] of [
    ["certificate", () => { read_ = readCertificate(bytes); }],
    ["asked", () => answers(read_.certificate, read_.files)],
  ]) {
    const check = attempt(name, work);
    checks.push(check);
    yield check;
    if (check.outcome === "fail") return { checks, parts, verdict: null };
  }
  const { certificate, files } = read_;
  for (const { bytes: own, file } of files) {
    const part = yield* about(verification(own, trust), file.subject.name, checks);
    if (checks.at(-1).outcome === "fail") return { checks, parts: [], verdict: null };
    parts.push(part);
  }
  const open = ["number and code", ...(hasPages ? ["pages"] : [])].map((name) => ({ name, outcome: "not covered", message: name }));
  checks.push(...open);
  yield* open;
  return { checks, parts, verdict: lowest(parts), certificate };
}

function* about(steps, name, checks) {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    const check = { ...value, about: name };
    checks.push(check);
    yield check;
  }
}

function lowest(parts) {
  const verdicts = parts.map(({ verdict }) => verdict);
  if (verdicts.includes(null)) return null;
  return verdicts.every((verdict) => verdict === "current and complete") ? "current and complete" : "recorded";
}
