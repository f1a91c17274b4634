//! What a verified file shows, in rows that a page can print: the record, its burdens, its history, who signed.
//!
//! Only a file without a failed check comes here. Nothing is decided: the numbers are those of the capacity check.

import { numberText } from "./dom.js";
import { eventsOf } from "./entries.js";
import { counts } from "./fold.js";
import { freeOf } from "./free.js";
import { waiting } from "./freezes.js";
import { isFreeze } from "./stacks.js";
import { dayNumber, dayText, micros, numberOf } from "./values.js";

/// An instant in the time of the register, +08:00.
export function localTime(text) {
  const shifted = new Date(Number(micros(text) / 1_000n) + 28_800_000);
  return `${shifted.toISOString().slice(0, 19).replace("T", " ")} +08:00`;
}

/// The last day of a half-open span, as people write it.
export function lastDay(to) {
  return dayText(dayNumber(to) - 1);
}

/// A party by its name, where the file shows one.
export function nameOf(run, id) {
  const name = run.records.get(`party|${id}`)?.record?.name;
  return name === undefined ? id : `${name} (${id})`;
}

/// What a record is, as far as the file shows it: a right by its kind and identity, a pledge by whom it secures.
export function recordText(run, id, words, language) {
  const [name] = id.split(".");
  if (name.startsWith("M")) return nameOf(run, name);
  if (name.startsWith("R")) {
    const right = run.records.get(`right|${name}`)?.record;
    return right === undefined ? id : `${kindName(run, right.kind, language)} ${shownIdentity(right.identities[0].value)} (${id})`;
  }
  const owner = run.records.get(`pledge|${name}`)?.record;
  if (owner === undefined) return id;
  return `${id} (${name.startsWith("V") ? words.reserved : words.pledge} · ${nameOf(run, owner.pledgee)})`;
}

/// An identity's parts, apart.
export function shownIdentity(value) {
  return value.replaceAll("|", " | ");
}

/// What the parts of an identity are called: in Chinese by the headers of the office's book, which its policy names.
export function schemeName(run, scheme, language) {
  for (const policy of [...(run.policies ?? new Map()).values()].flat()) {
    const rule = policy.identity.find((known) => known.scheme === scheme);
    if (rule === undefined) continue;
    const header = (name) => (language === 0 ? policy.book?.parts?.[name] : undefined) ?? name.replaceAll("_", " ");
    return rule.parts.map(({ name }) => header(name)).join(" | ");
  }
  return scheme === "credit-code" && language === 0 ? "统一社会信用代码" : scheme.replaceAll("-", " ");
}

/// An identity as a subject has it, `scheme:value`, for people.
export function identityText(run, subject, language) {
  const at = subject.indexOf(":");
  return `${schemeName(run, subject.slice(0, at), language)} ${shownIdentity(subject.slice(at + 1))}`;
}

/// The parties whose objections to a pledge stand at the time of the state, by name.
export function objectorsOf(run, pledge) {
  const objections = run.records.get(`pledge|${pledge}`)?.record.objections ?? [];
  const standing = objections.filter(({ suit, until }) => suit !== undefined || micros(run.state.time) < micros(until));
  return standing.map(({ party }) => nameOf(run, party));
}

function policyOf(run, kind) {
  return (run.policies?.get(kind) ?? []).at(-1);
}

export function kindName(run, kind, language) {
  const policy = policyOf(run, kind);
  if (!policy) return kind;
  return language === 0 ? policy.title_zh : policy.title_en;
}

/// The unit of a right, with the decimal digits that its kind counts.
export function unitOf(run, right) {
  return policyOf(run, right.kind)?.unit ?? { name: "", scale: 0 };
}

/// A quantity with its unit.
export function amountText(quantity, { name, scale }, words) {
  return `${numberText(quantity, scale)} ${words.units[name] ?? name}`.trim();
}

/// A sum of money.
export function yuanText(sum, words) {
  return amountText(sum, { name: words.yuan, scale: 2 }, words);
}

/// What is not encumbered, from today on, as spans: with a quantity, or of land the free days; none where nothing is.
export function freeSpans(run, right) {
  const free = freeOf(right, policyOf(run, right.kind)?.pledge.extent === "years", run.state.time);
  if (free.quantity !== undefined) return [free];
  return free.parts ?? free.years ?? (free.whole ? [{}] : []);
}

/// The burdens of a right, each with whom it favors.
export function burdensOf(run, right) {
  return right.burdens.map((burden) => {
    const owner = run.records.get(`pledge|${burden.id.split(".")[0]}`)?.record;
    const party = burden.authority ?? owner?.pledgee;
    const waits = isFreeze(burden) && counts(burden, run.state.time) ? waiting(right, burden, run.state.time) : undefined;
    return { ...burden, waits, party: party === undefined ? "" : nameOf(run, party), counts: counts(burden, run.state.time) };
  });
}

/// The entries of the subject's history, newest first: what each did, when, and who signed.
export function historyOf(run, { space, name } = run.file.subject) {
  const shown = run.records.get(`${space}|${name}`);
  return (shown?.history ?? []).map((index) => {
    const { entry, payload, signers } = run.entries.get(index);
    const [event] = eventsOf(entry);
    return {
      index, time: localTime(entry.time), type: payload?.type ?? entry.kind, event,
      attested: (payload?.attested ?? []).map((item) => ({ ...item, org: nameOf(run, item.org) })),
      signers: (signers ?? []).map(({ org, role, key }) => ({ org: nameOf(run, org), role, person: key.person })),
    };
  }).reverse();
}

/// The pledges that stand or stood on the right of a file: those whose histories it shows, and those for which it had no room.
export function pledgesOf(run) {
  const { name: right } = run.file.subject;
  const isOn = ({ record, history }) => history !== undefined || record.lines.some((line) => line.right === right);
  const pledges = [...run.records.values()].filter((shown) => shown.space === "pledge" && shown.name.startsWith("P") && shown.record && isOn(shown));
  return pledges.sort((left, right_) => numberOf(left.name) - numberOf(right_.name));
}

/// What a right has: its balance, its steps or its measure, as rows.
export function quantitiesOf(right) {
  if (right.balance !== undefined) return [{ quantity: right.balance }];
  if (right.measure !== undefined) return [{ quantity: right.measure }];
  return right.steps.map((step, at) => ({ ...step, to: right.steps[at + 1]?.from ?? right.span.to }));
}

