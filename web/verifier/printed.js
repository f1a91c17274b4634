//! What paper says of a check: which file, whose log, where it stands, when and by whose clock; as a section of the report, and at the foot
//! of every page that is printed of it.
//!
//! A print of the report is filed and shown later to who was not there. Nothing here is more than the checks that passed allow:
//! position and time of the register stand there only where its key signed them.

import { hex, hexDigest } from "./bytes.js";
import { element, factList, grouped } from "./dom.js";
import { identityText, localTime } from "./facts.js";
import { isOnPaperAlone, isTooOld, outcomeOf } from "./report.js";

/// Hexadecimal digits of a root at the foot, as other printed pages have them.
const ROOT_CHARS = 16;

/// What is known of a check: the files with their digests, and of the log what its key signed.
export function recordOf(result, files, reader, language, words) {
  const log = result.parts?.[0] ?? result;
  const failed = result.checks.some((check) => check.outcome === "fail");
  const verdict = result.isFraud ? (result.isProven ? words.fraudProven : words.fraudNone)
    : failed ? (isTooOld(result) ? words.tooOld : words.fails) : result.verdict === null ? words.unknown : isOnPaperAlone(result) ? words.attachment : outcomeOf(result, words);
  const { checkpoint, state } = log;
  return {
    verdict, supposed: reader.supposed, subject: failed ? undefined : subjectOf(result, language),
    file: named(files.file), trust: files.trust && named(files.trust), old: files.old && named(files.old), entry: files.entry && named(files.entry),
    origin: checkpoint?.origin, position: checkpoint && String(checkpoint.size), root: checkpoint && hex(checkpoint.root),
    stateTime: state && localTime(state.time), checkedAt: localTime(reader.clock ?? reader.now),
    keys: reader.policy.logs.filter((key) => checkpoint === undefined || key.name === checkpoint.origin).map((key) => hexDigest(key.key)),
  };
}

function named({ name, bytes }) {
  return { name, digest: hexDigest(bytes) };
}

/// What the file is about, where nothing failed: the records of a certificate, of an evidence file, or the entry of a proof file.
function subjectOf(result, language) {
  const parts = result.parts ?? [result];
  const called = (part) => (part.file?.subject?.space === "identity" ? identityText(part, part.file.subject.name, language) : part.file?.subject?.name);
  const one = (part) => called(part) ?? (part.file?.index === undefined ? undefined : `${["账页", "entry"][language]} ${part.file.index}`);
  return parts.map(one).filter(Boolean).join(", ") || undefined;
}

/// The section of the report.
export function recordSection(record, words) {
  const file = (one) => one && [element("p", {}, one.name), element("p", { class: "id" }, `SHA-256 ${grouped(one.digest)}`)];
  return element("section", { class: "check-record" }, element("h2", {}, words.recordTitle), factList([
    [words.outcome, record.verdict], [words.recordSubject, record.subject],
    [words.recordFile, file(record.file)], [words.entryLabel, file(record.entry)],
    [words.trustLabel, file(record.trust) ?? (record.supposed ? words.recordNoTrust : words.recordCompared)], [words.recordOld, file(record.old)],
    [words.origin, record.origin && element("span", { class: "id" }, record.origin)],
    [words.fingerprint, record.keys.map((key) => element("p", { class: "id" }, grouped(key)))],
    [words.recordPosition, record.position && [element("p", {}, record.position), element("p", { class: "id" }, `${words.root} ${grouped(record.root)}`)]],
    [words.recordStateTime, record.stateTime], [words.recordCheckedAt, record.checkedAt],
  ]));
}

/// The lines at the foot of each printed page.
export function footLines(record, words) {
  const supposed = record.supposed ? ` (${words.recordNoTrust})` : "";
  return [
    [`${words.title}: ${record.subject ?? record.file.name}`, `${record.verdict}${supposed}`, record.origin],
    [record.position && `${words.recordPosition} ${record.position}`, record.root && `${words.root} ${record.root.slice(0, ROOT_CHARS)}`,
      record.stateTime && `${words.recordStateTime} ${record.stateTime}`],
    [`${words.recordCheckedAt} ${record.checkedAt}`],
    [`${words.recordFile} SHA-256 ${record.file.digest}`],
  ].map((parts) => parts.filter(Boolean).join(" · ")).filter((line) => line !== "");
}

/// Puts lines at the foot of the pages that are printed from now on; none take away those of before. A sheet that a script makes needs no
/// permission for styles in the text of the page, so the policy of the page stays as strict as it is.
export function printFoot(lines) {
  const spelled = lines.map((line) => line.replace(/[\u0000-\u001f"\\]/g, " ")).join("\\a ");
  const sheet = new CSSStyleSheet();
  if (lines.length > 0) {
    sheet.replaceSync(`@media print{@page{margin-bottom:26mm;@bottom-left{content:"${spelled}";white-space:pre-wrap;font-size:7.5pt;width:88%}}}`);
  }
  document.adoptedStyleSheets = [sheet];
}
