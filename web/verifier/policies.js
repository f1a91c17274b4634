//! Policies (FORMATS 3.4): one TOML text per kind of right, what it must say, and what follows from it for an identity.

import { hexDigest, utf8 } from "./bytes.js";
import { must } from "./fault.js";
import { integer, isObject, list, mark, object, optional, pattern, string, word } from "./forms.js";
import { readToml } from "./toml.js";
import { hasShape, name, shortName, upper } from "./values.js";

const BYTES_MAX = 9_000;

const shapeName = pattern(
  /^(?:credit_code|permit|unit_number|year|digits:[1-9][0-9]*-[1-9][0-9]*|(?:text|code|file_number):[1-9][0-9]*|one_of:[A-Za-z0-9\-_./,]+)$/,
  "a shape");

function shape(value, place) {
  shapeName(value, place);
  if (!value.startsWith("one_of:")) return;
  const codes = value.slice("one_of:".length).split(",");
  must(codes.length <= 64 && codes.every((code) => code.length >= 1 && code.length <= 32), place, "a code has 1 to 32 characters");
  must(new Set(codes.map(upper)).size === codes.length, place, "two codes are one");
}

const role = word("registrar", "authority", "bank", "guarantor", "court", "holder");
const rank = word("exclusive", "ranked", "ranked_with_consent");

/// A rule about an attribute: it counts with one of `values`, with any value but those of `unless`, or with any but those of
/// `requires` and where it is missing.
function barForm(...findings) {
  return object({
    attribute: shortName, values: optional(list(string)), unless: optional(list(string)), requires: optional(list(string)),
    finding: word(...findings),
  }, ({ values, unless, requires, finding }, place) => {
    const given = [values, unless, requires].filter((rule) => rule !== undefined);
    must(given.length === 1, place, "it has one of values, unless and requires");
    must(requires === undefined || (finding !== 8004 && finding !== 8005), place, "what another register says is not required");
  });
}

const policyForm = object({
  kind: name,
  version: integer(1),
  title_zh: string,
  title_en: string,
  cites: string,
  form: word("质押", "抵押"),
  model: word("stock", "flow", "land"),
  layer: optional(name),
  unit: object({ name: string, scale: integer(0, 6), aliases: list(string) }),
  issuer: object({ duty: name, book_duty: string }),
  identity: list(object({ scheme: name, parts: list(object({ name: shortName, shape }), 1), alone: optional(mark) }), 1),
  source: optional(object({ parts: list(object({ part: shortName, chars: optional(integer(1)) }), 1) })),
  land: optional(object({
    ground: word("polygon", "units"),
    unit_scheme: optional(name),
    tolerance_ppm: integer(0, 1_000_000),
    overlap_finding: integer(1),
    warn_layers: optional(list(name)),
    warn_ground_classes: optional(list(string)),
  })),
  pledge: object({
    extent: word("amount", "whole", "years"),
    second_rank: rank,
    second_rank_text: optional(string),
    form_rank: optional(list(object({ form: word("质押", "抵押"), second_rank: rank, second_rank_text: optional(string) }))),
    cites: string,
    pledgee_roles: list(role),
    barred_classes: list(string),
    allowed_classes: optional(list(string)),
  }),
  terms: object({ beyond_right_end: word("refuse", "warn"), year_attribute: optional(shortName) }),
  lapse: optional(object({ at_end: word("warn", "ends"), cites: string })),
  longest: optional(object({ years: integer(1, 100), cites: string })),
  ltv: optional(object({ max_percent: integer(1, 100), cites: string })),
  transfer: optional(object({ pledged: word("free", "consent", "blocked"), cites: string })),
  surrender: optional(object({ carve_out: word("refuse", "consent", "order"), cites: string })),
  convert: optional(object({ into: list(name), consent: optional(word("holder", "none")), cites: string })),
  consent: optional(object({ attested: list(word("paper", "video")), cites: string })),
  bar: optional(list(barForm(2005, 2006, 8004, 9003, 9004))),
  note: optional(list(barForm(8005))),
  external: optional(object({ registers: list(string, 1), receipt: optional(string), cites: string }, ({ registers, receipt }, place) => {
    must(receipt === undefined || registers.includes(receipt), place, "the receipt is of another register");
  })),
  effect: optional(object({ class: word("creates", "opposes", "evidence"), cites: string, decides: optional(string) }, (effect, place) => {
    must(effect.decides === undefined || effect.class === "evidence", place, "another register decides only where this one is evidence");
  })),
  statistics: optional(object({ of: shortName })),
  book: optional(anyTable),
}, (policy, place) => {
  const land = policy.model === "land";
  must(land === Object.hasOwn(policy, "layer") && land === Object.hasOwn(policy, "land"), place,
    "layer and land belong to land, and only to land");
  must(land ? policy.pledge.extent !== "amount" : policy.pledge.extent === "amount", place, "the extent is of another model");
  policy.identity.forEach(({ alone }, at) => {
    const rests = policy.source !== undefined || policy.statistics !== undefined;
    must(alone === undefined || (at > 0 && !rests), place, "a first scheme, or one of a kind that rests on it, stands alone");
  });
  const of = policy.statistics?.of;
  must(of === undefined || policy.identity[0].parts.some(({ name: known }) => known === of), place, `statistics: ${of} is no part`);
  for (const { part } of policy.source?.parts ?? []) {
    must(policy.identity[0].parts.some((known) => known.name === part), place, `source: ${part} is no part`);
  }
});

function anyTable(value, place) {
  must(isObject(value), place, "this is not a table");
}

/// Reads a policy text that must be of this kind.
export function readPolicy(text, kind) {
  const place = `policy ${kind}`;
  must(utf8(text).length >= 1 && utf8(text).length <= BYTES_MAX, place, "the text has not from 1 to 9,000 bytes");
  const policy = readToml(text);
  policyForm(policy, place);
  must(policy.kind === kind, place, `the text is of the kind ${policy.kind}`);
  return { ...policy, digest: hexDigest(text) };
}

/// Says whether the value of an identity of this scheme has the parts and shapes that the policy names.
export function fits(policy, scheme, value) {
  const rule = policy.identity.find((known) => known.scheme === scheme);
  if (!rule) return false;
  const parts = value.split("|");
  return parts.length === rule.parts.length && rule.parts.every((part, at) => hasShape(part.shape, parts[at]));
}

/// Says whether rights of a class cannot be pledged: a barred one, or none of those that are allowed.
export function barsClass({ pledge }, of) {
  return pledge.barred_classes.includes(of) || (pledge.allowed_classes !== undefined && !pledge.allowed_classes.includes(of));
}

/// What of a policy's `bar` and `note` counts for a right, with the value of its attribute.
export function countingBars(policy, right) {
  return [...(policy.bar ?? []), ...(policy.note ?? [])].flatMap(({ attribute, values, unless, requires, finding }) => {
    const text = right.attributes?.[attribute];
    const isThere = text !== undefined || requires !== undefined;
    const counts = isThere && (values === undefined ? !(unless ?? requires).includes(text) : values.includes(text));
    return counts ? [{ attribute, finding, text }] : [];
  });
}

/// The source that a right of the policy is drawn from, or undefined.
export function sourceOf(policy, identity) {
  if (!policy.source) return undefined;
  const [rule] = policy.identity;
  const parts = identity.value.split("|");
  const cut = policy.source.parts.map(({ part, chars }) => {
    const whole = [...(parts[rule.parts.findIndex((known) => known.name === part)] ?? "")];
    return whole.slice(0, chars ?? whole.length).join("");
  });
  return `${policy.kind}|${upper(cut.join("|"))}`;
}

/// The rule for second ranks that a pledge of this form is under, or undefined where ranks are closed.
export function rankRule(policy, form) {
  const own = (policy.pledge.form_rank ?? []).find((rule) => rule.form === form);
  const rule = own ?? policy.pledge;
  return rule.second_rank_text === undefined || rule.second_rank === "exclusive" ? undefined : rule.second_rank;
}

