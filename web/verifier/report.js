//! The report of a verification, as elements: the verdict in one sentence, each check in plain words, the facts of the
//! record, and what the file does not prove.

import { hex } from "./bytes.js";
import { element, factList, table } from "./dom.js";
import {
  amountText, burdensOf, historyOf, identityText, kindName, lastDay, localTime, nameOf, objectorsOf, pledgesOf, quantitiesOf, recordText,
  schemeName, shownIdentity, unitOf, yuanText,
} from "./facts.js";
import { isOpen } from "./fold.js";
import { overTexts, quantityText, sentenceOf } from "./sentence.js";
import { spanText, toldOf } from "./told.js";
import { wholeSeconds, written } from "./values.js";
import { ACTS, CHECKS, REASONS } from "./words.js";

/// Pledges that are named where the list of their histories is cut.
const NAMED_MAX = 12;

/// How a check says that the state is older than the reader allows.
const TOO_OLD = /^it is [0-9]+ seconds old, /;

const SIGNS = { pass: "✔", fail: "✘", "not covered": "–" };

/// The verdict, in one sentence that can be read aloud, and what to do next. `supposed` says that the key was taken from the file;
/// `checkedAt` is the reader's clock.
export function verdictSection(result, words, language, { supposed, checkedAt }) {
  const failed = result.checks.find((check) => check.outcome === "fail");
  if (failed && result.isFraud) return conclusion("unclear", "–", words.fraudNone, [CHECKS[failed.name][language].join(": ")]);
  if (failed) return failure(failed, result, words, language);
  if (result.isFraud) return fraudSection(result, words);
  const time = timeOf((result.parts?.[0] ?? result).state, checkedAt, words, language);
  if (result.verdict === null) return conclusion("unclear", "–", words.unknown, [words.unknownWhy, time]);
  const current = result.verdict === "current and complete";
  const heading = `${outcomeOf(result, words)}: ${sentenceOf(result, words, language)}`;
  const why = current ? `${words.recordedWhy} ${words.currentWhy}` : words.recordedWhy;
  const next = nextLine(words.nextOfGood, words);
  if (supposed) return conclusion("unclear", "–", `${words.supposed}. ${heading}`, [words.fingerprintFile, why, time]);
  if (isOnPaperAlone(result)) return conclusion("unclear", "◐", `${words.attachment}: ${sentenceOf(result, words, language)}`, [why, time, next]);
  return conclusion("yes", "✔", heading, [why, time, next]);
}

/// What a file whose checks all pass establishes; that nothing was found is proven too, and is no record of something.
export function outcomeOf(result, words) {
  if (result.verdict === "current and complete") return words.current;
  return (result.parts ?? [result]).every(({ file }) => file?.subject?.space === "identity") ? words.notThere : words.recorded;
}

/// What does not hold, that nothing of the file may be used, and what to do.
function failure(failed, result, words, language) {
  const [name] = CHECKS[failed.name][language];
  const why = failed.name === "format" ? words.formatWhy : `${language === 0 ? `「${name}」` : `“${name}” `}${words.failsWhy}`;
  const next = words.nextOfFailure[failed.name] ?? words.nextOfAny;
  // A file that is too old may be true; it says nothing of now.
  const [heading, meaning] = isTooOld(result) ? [words.tooOld, words.tooOldWhy] : [words.fails, why];
  return conclusion("no", "✘", heading, [toldOf(failed, result, language), meaning, nextLine(next, words)].filter(Boolean));
}

function nextLine(text, words) {
  return [element("strong", {}, `${words.nextTitle}: `), text];
}

/// When the state is of, and how long before the check that was.
function timeOf(state, checkedAt, words, language) {
  if (state === undefined) return "";
  const told = `${words.asOf} ${localTime(state.time)} (${words.position} ${state.index + 1})`;
  const seconds = checkedAt === undefined ? -1 : wholeSeconds(checkedAt) - wholeSeconds(state.time);
  return seconds < 0 ? told : `${told}, ${words.ageTold.replace("{age}", spanText(seconds, language))}`;
}

/// Whether all that fails is that the state is older than the reader allows.
export function isTooOld(result) {
  return result.checks.some(({ outcome, text }) => outcome === "fail" && TOO_OLD.test(text));
}

/// Whether the file came in a PDF, whose pages this program cannot compare with it.
export function isOnPaperAlone(result) {
  return result.checks.some(({ name, outcome }) => name === "pages" && outcome === "not covered");
}

function conclusion(tag, sign, heading, lines) {
  return element("section", { class: `conclusion ${tag}` },
    element("p", { class: "answer" }, element("span", { "aria-hidden": "true" }, `${sign} `), heading),
    lines.map((line) => element("p", {}, line)));
}

/// What a fraud file comes to; that something is not proven does not make the log good.
function fraudSection(result, words) {
  if (result.isProven) return conclusion("no", "✘", words.fraudProven, [words.fraudProvenWhy]);
  return conclusion("unclear", "–", words.fraudOpen, [words.unknownWhy]);
}

// ---------------------------------------------------------------------------------------------------------------------
// The checks
// ---------------------------------------------------------------------------------------------------------------------

export function checksSection(result, words, language) {
  const outcomes = { pass: words.pass, fail: words.fail, "not covered": words.notCovered };
  const rows = result.checks.map((check) => {
    const { name, outcome, about } = check;
    const [own, what] = CHECKS[name][language];
    // An identity is called by its value; the name of its scheme is of programs.
    const title = about === undefined ? own : `${own} (${about.includes(":") ? shownIdentity(about.slice(about.indexOf(":") + 1)) : about})`;
    const sign = element("span", { class: `nb status ${outcome === "pass" ? "yes" : outcome === "fail" ? "refuse" : "ended"}` },
      element("span", { "aria-hidden": "true" }, SIGNS[outcome]), outcomes[outcome]);
    return [sign, element("strong", {}, title), [what, detail(check, result, words, language)].flat()];
  });
  const stopped = result.checks.some(({ outcome }) => outcome === "fail") ? element("p", { class: "hint" }, words.stopped) : undefined;
  return element("section", {}, element("h2", {}, words.checks),
    table(words.checks, [words.outcome, words.check, words.meaning], rows), stopped);
}

/// Why a check failed or says nothing: a sentence, and behind it what the program says of it.
function detail(check, result, words, language) {
  const { outcome, message } = check;
  if (message === undefined) return undefined;
  const known = REASONS[message];
  if (known) return element("span", { class: "hint" }, ` (${known[language]})`);
  const note = language === 0 ? `${words.detail} (${words.technical}): ` : `${words.detail}: `;
  const technical = element("span", { class: "technical hint" }, note, element("span", { lang: "en" }, message));
  const told = outcome === "fail" ? toldOf(check, result, language) : undefined;
  return told === undefined ? technical : [element("strong", { class: "told" }, told), technical];
}

// ---------------------------------------------------------------------------------------------------------------------
// The facts
// ---------------------------------------------------------------------------------------------------------------------

export function factsSection(result, words, language) {
  const { space, name } = result.file.subject;
  const parts = [element("h2", {}, words.facts)];
  if (space === "right") parts.push(...rightFacts(result, name, words, language));
  else if (space === "pledge") parts.push(...pledgeFacts(result, name, words, language));
  else parts.push(factList([[words.absent, identityText(result, name, language)]]));
  if (result.file.verification) parts.push(...answerFacts(result, words, language));
  parts.push(logFacts(result, words));
  return element("section", {}, parts);
}

function identifier(text) {
  return element("span", { class: "id" }, text);
}

function rightFacts(result, name, words, language) {
  const { record } = result.records.get(`right|${name}`);
  const unit = unitOf(result, record);
  const lines = (items) => items.map((item) => element("p", { class: "number" }, item));
  const rows = factList([
    [words.right, identifier(name)],
    [words.kind, kindName(result, record.kind, language)],
    [words.identities, record.identities.map(({ scheme, value }) => element("p", {}, `${schemeName(result, scheme, language)} `, identifier(shownIdentity(value))))],
    [words.holder, nameOf(result, record.holder)],
    [words.issuer, nameOf(result, record.issuer)],
    [words.validity, `${record.span.from} ${words.through} ${lastDay(record.span.to)} ${words.inclusive}`],
    [words.quantity, lines(quantitiesOf(record).map((item) => quantityText(item, unit, words)))],
    [words.revoked, record.revoked_from], [words.succeededBy, record.succeeded_by && recordText(result, record.succeeded_by, words, language)],
  ]);
  const burdens = burdensOf(result, record).map((burden) => [
    identifier(burden.id), burden.party, quantityText(burden, unit, words), statusOf(record, burden, result, words),
  ]);
  const heading = element("h3", {}, words.burdens);
  const shown = burdens.length === 0 ? element("p", {}, words.noBurden)
    : table(words.burdens, [words.id, words.party, words.extent, words.status], burdens);
  return [rows, heading, shown, historySection(result, words, language), ...pledgeHistories(result, words, language)];
}

/// What happened to each pledge that stands or stood on the right, and how much of it the file leaves out.
function pledgeHistories(result, words, language) {
  const pledges = pledgesOf(result);
  const cut = pledges.filter((shown) => shown.history === undefined);
  const entries = cut.reduce((sum, { state }) => sum + state.size, 0);
  const named = cut.slice(0, NAMED_MAX).map(({ name }) => name).join(", ") + (cut.length > NAMED_MAX ? " …" : "");
  return [
    ...pledges.filter((shown) => shown.history !== undefined).map((shown) => element("div", { class: "pledge-history" },
      element("h3", {}, `${words.history}: ${recordText(result, shown.name, words, language)}`), historyList(result, shown, words, language))),
    ...(cut.length === 0 ? [] : [element("p", { class: "notice warn" },
      words.historiesCut.replace("{entries}", entries).replace("{pledges}", cut.length), ` (${named})`)]),
  ];
}

function statusOf(right, burden, result, words) {
  if (!burden.counts) return burden.id.startsWith("P") ? words.lapsed : words.expired;
  const word = burden.id.startsWith("F") ? words.frozen : burden.id.startsWith("V") ? words.reserved : words.registered;
  const order = burden.id.startsWith("F") ? orderOf(burden, words, unitOf(result, right)) : [];
  return [[word, ...order].join(", "), ...overTexts(right, burden, result, words).map((part) => part.join(": "))].join("; ");
}

/// What a freeze says of its order, and whether it waits behind earlier ones.
function orderOf({ order, limit_cny: limit, expires, executed, waits }, words, unit) {
  const quantity = typeof waits === "bigint" ? (waits > 0n ? `${words.waits} ${amountText(written(waits), unit, words)}` : words.inForce) : waits ? words.waits : words.inForce;
  return [
    quantity, order && `${words.order} ${order}`, limit && `${words.limit} ${yuanText(limit, words)}`,
    executed && `${words.executed} ${amountText(executed, unit, words)}`, expires && `${words.until} ${localTime(expires)}`,
  ].filter(Boolean);
}

function pledgeFacts(result, name, words, language) {
  const { record } = result.records.get(`pledge|${name}`);
  const rows = factList([
    [words.pledge, identifier(name)],
    [words.form, language === 0 ? record.form : words.forms[record.form] ?? record.form],
    [words.pledgee, nameOf(result, record.pledgee)],
    [words.pledgor, nameOf(result, record.pledgor)],
    [words.debtor, record.debtor && nameOf(result, record.debtor)],
    [words.term, record.term && `${record.term.from} ${words.through} ${lastDay(record.term.to)} ${words.inclusive}`],
    [words.objections, objectorsOf(result, name).join("; ")],
  ]);
  const lines = record.lines.map((line, at) => {
    const right = result.records.get(`right|${line.right}`).record;
    const burden = right.burdens.find((item) => item.id === `${name}.${at}`);
    const status = statusOfLine(line, burden, { result, right }, words);
    return [identifier(`${name}.${at}`), recordText(result, line.right, words, language), quantityText(line, unitOf(result, right), words), status];
  });
  const heads = [words.id, words.right, words.extent, words.status];
  return [rows, element("h3", {}, words.lines), table(words.lines, heads, lines), historySection(result, words, language)];
}

/// How a line of a pledge stands, and when it lapses.
function statusOfLine(line, burden, { result, right }, words) {
  if (line.released) return words.released;
  if (!burden || !isOpen(line, result.state.time)) return words.lapsed;
  const end = line.expires === undefined ? "" : `, ${words.lapses} ${localTime(line.expires).slice(0, 10)}`;
  return `${statusOf(right, { ...burden, counts: true }, result, words)}${end}`;
}

function historySection(result, words, language) {
  return element("div", {}, element("h3", {}, words.history), historyList(result, result.file.subject, words, language));
}

function historyList(result, subject, words, language) {
  const items = historyOf(result, subject).map(({ index, time, type, signers, attested }) => element("li", {},
    element("span", { class: "when" }, time), " ",
    element("strong", {}, (ACTS[type] ?? [type, type])[language]), ` · ${words.entry} ${index}`,
    element("span", { class: "who" }, `${words.signedBy}: `,
      signers.map(({ org, role, person }, at) => `${at === 0 ? "" : "; "}${org}, ${words[role]} (${words.person} ${person})`)),
    attested.map((item) => element("span", { class: "who" }, `${item.org}: ${words.attested} (${words[item.class]})`))));
  return element("ol", { class: "history" }, items);
}

/// What could be registered instead: so much, so much on some days, or these days and years.
function offerText({ quantity, segments = [], spans = [] } = {}, unit, words) {
  const parts = [...(quantity === undefined ? [] : [{ quantity }]), ...segments, ...spans];
  return parts.length === 0 ? "" : `${words.atMost} ${parts.map((part) => quantityText(part, unit, words)).join("; ")}`;
}

function answerFacts(result, words, language) {
  const answer = JSON.parse(result.file.verification.answer);
  const question = JSON.parse(result.file.verification.question);
  const unitOfLine = (line) => {
    const right = line && result.records.get(`right|${line.right}`)?.record;
    return right ? unitOf(result, right) : { name: line?.unit ?? "", scale: 0 };
  };
  const lines = question.body.lines.map((line) => element("p", { class: "number" },
    [recordText(result, line.right, words, language), line.quantity && amountText(line.quantity, unitOfLine(line), words), line.from && `${line.from} ${words.through} ${lastDay(line.to)}`,
      line.years && line.years.join(` ${words.through} `)].filter(Boolean).join(" ")));
  const findings = answer.findings.map((finding) => element("p", {},
    `${words.finding} ${finding.code}: `, (finding.conflicts ?? []).map((id) => recordText(result, id, words, language)).join("; "), " ",
    offerText(finding.alternative, unitOfLine(question.body.lines[finding.line]), words)));
  return [element("h3", {}, words.question), factList([
    [words.pledgee, nameOf(result, question.org)], [words.lines, lines],
    [words.outcome, answer.admissible ? words.admissible : words.inadmissible],
    [words.findings, findings.length === 0 ? undefined : findings],
  ])];
}

function logFacts(result, words) {
  const { checkpoint, state, cosigned } = result;
  const time = (seconds) => localTime(`${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`);
  return factList([
    [words.asOf, `${localTime(state.time)} (${words.position} ${state.index + 1})`],
    [words.origin, identifier(checkpoint.origin)],
    [words.root, identifier(hex(checkpoint.root))],
    [words.cosigners, cosigned.map(({ key, time: at }) => element("p", {}, identifier(key.name), ` ${time(at)}`))],
  ].filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

export function silenceSection(words) {
  return element("section", {}, element("h2", {}, words.silent),
    element("ul", {}, words.silences.map((line) => element("li", {}, line))));
}
