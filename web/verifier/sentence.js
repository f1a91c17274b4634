//! What a good file says, in one sentence that can be read aloud: how much is free and against it of a right, which lines of a pledge stand.
//!
//! Apart from the report, which needs a page to write on: tests read these sentences with node alone.

import {
  amountText, burdensOf, freeSpans, identityText, lastDay, nameOf, objectorsOf, recordText, unitOf,
} from "./facts.js";
import { counts, isOpen } from "./fold.js";
import { goneInPart, isOfYears, over } from "./over.js";
import { isFreeze } from "./stacks.js";

/// Open lines of a pledge that its sentence tells.
const LINES_TOLD = 2;

/// What a file says in one sentence; a certificate has one for each of its files, a proof file is about one entry.
export function sentenceOf(result, words, language) {
  if (result.parts) return result.parts.map((part) => subjectSentence(part, words, language)).join("; ");
  return result.file.subject ? subjectSentence(result, words, language) : `${words.inLog}: ${result.file.index}`;
}

/// Whole years by their numbers, other days with the last of them.
export function daysText({ from, to }, words) {
  const last = lastDay(to);
  const [first, end] = [from.slice(0, 4), last.slice(0, 4)];
  if (from.slice(4) !== "-01-01" || last.slice(4) !== "-12-31") return `${from} ${words.through} ${last} ${words.inclusive}`;
  return first === end ? first : `${first}–${end}`;
}

/// A quantity, days, years, or all of it.
export function quantityText(span, unit, words) {
  if (span.from === undefined) return span.quantity === undefined ? words.whole : amountText(span.quantity, unit, words);
  if (span.quantity === undefined) return daysText(span, words);
  return `${amountText(span.quantity, unit, words)} ${span.from} ${words.through} ${lastDay(span.to)} ${words.inclusive}`;
}

/// What of a burden has no right beneath it, and what only a later freeze reaches: `[word, how much]` of each that there is.
export function overTexts(right, burden, result, words) {
  const unit = unitOf(result, right);
  const much = (part) => {
    if (part !== "whole") return amountText(part, unit, words);
    return goneInPart(right, burden).map((span) => daysText(span, words)).join(", ") || words.whole;
  };
  const { lost, reached } = over(right, burden, result.state.time);
  return [[words.hanging, lost], [words.reached, reached]].filter(([, part]) => part !== undefined).map(([word, part]) => [word, much(part)]);
}

function clause(word, items) {
  return items.length === 0 ? "" : `; ${word}: ${items.join("; ")}`;
}

/// What hangs, and what a later freeze reaches: of each which burdens, by a name.
function overClauses(items, result, words) {
  const told = items.flatMap(({ right, burden, name }) => overTexts(right, burden, result, words).map(([word, much]) => [word, `${name} ${much}`]));
  return [words.hanging, words.reached].map((head) => clause(head, told.filter(([word]) => word === head).map(([, text]) => text))).join("");
}

function subjectSentence(result, words, language) {
  const { space, name } = result.file.subject;
  if (space === "identity") return `${words.absence}: ${identityText(result, name, language)}`;
  if (space === "pledge") return pledgeSentence(result, name, words, language);
  const { record } = result.records.get(`right|${name}`);
  const unit = unitOf(result, record);
  const free = joined(freeSpans(result, record));
  const text = free.length === 0 ? words.none : free.map((span) => quantityText(span, unit, words)).join(freeBetween(free, words));
  const counting = burdensOf(result, record).filter((burden) => burden.counts);
  const named = counting.map((burden) => ({ right: record, burden, name: recordText(result, burden.id, words, language) }));
  const freezes = counting.filter(isFreeze)
    .map((burden) => `${burden.id} (${nameOf(result, burden.authority)}) ${quantityText(burden, unit, words)}`);
  const pledges = [...new Set(counting.map(({ id }) => id.split(".")[0]))];
  const objected = pledges.filter((id) => objectorsOf(result, id).length > 0)
    .map((id) => `${recordText(result, id, words, language)}, ${objectorsOf(result, id).join(", ")}`);
  return `${recordText(result, name, words, language)}: ${words.free} ${text}${clause(words.frozen, freezes)}${overClauses(named, result, words)}${clause(words.objections, objected)}${answerClause(result, words)}`;
}

/// Whether what was asked could be registered then, where the file answers a question.
function answerClause({ file }, words) {
  if (file.verification === undefined) return "";
  return clause(words.asked, [JSON.parse(file.verification.answer).admissible ? words.admissible : words.inadmissible]);
}

/// Years that are free stand side by side; quantities of days follow one another.
function freeBetween([first], words) {
  return isOfYears(first) ? ", " : `; ${words.then} `;
}

/// What a pledge is, whom it secures, which of its lines stand, and what is against it: what hangs, and who objects.
function pledgeSentence(result, name, words, language) {
  const { record } = result.records.get(`pledge|${name}`);
  const { time } = result.state;
  const open = record.lines.map((line, at) => ({ ...line, id: `${name}.${at}`, shown: result.records.get(`right|${line.right}`).record }))
    .filter((line) => isOpen(line, time));
  const items = open.map(({ id, shown }) => ({ right: shown, burden: shown.burdens.find((burden) => burden.id === id), name: id }));
  const there = items.filter(({ burden }) => burden !== undefined && counts(burden, time));
  const told = open.slice(0, LINES_TOLD).map((line) =>
    `${recordText(result, line.right, words, language)} ${quantityText(line, unitOf(result, line.shown), words)}`);
  const more = open.length > LINES_TOLD ? "; …" : "";
  const stands = open.length === 0 ? endedText(record, words)
    : `${filled(words.linesOpen, { open: open.length, all: record.lines.length })}: ${told.join("; ")}${more}`;
  return `${words.pledge} ${name} (${nameOf(result, record.pledgee)}): ${stands}${overClauses(there, result, words)}${clause(words.objections, objectorsOf(result, name))}`;
}

/// How a pledge ended of which no line stands: lines may have been released before the others lapsed.
function endedText({ lines }, words) {
  const released = lines.filter((line) => line.released).length;
  if (released === lines.length) return words.released;
  return released === 0 ? words.lapsed : filled(words.linesEnded, { released, lapsed: lines.length - released });
}

function filled(text, values) {
  return text.replace(/\{([a-z]+)\}/g, (_, name) => String(values[name]));
}

/// Days with as much free, one after another, as one; they differ only in what is pledged on them.
function joined(spans) {
  const all = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last?.from !== undefined && last.to === span.from && last.quantity === span.quantity) last.to = span.to;
    else all.push({ ...span });
  }
  return all;
}
