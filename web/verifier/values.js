//! Values (FORMATS 1.2 to 1.7): ids, quantities, days, spans, instants, names, identities, keys.
//!
//! A quantity is a BigInt of millionths, an instant a BigInt of microseconds, a day a number of days after 1970-01-01:
//! nothing is ever rounded.

import { isKey } from "./ed25519.js";
import { must } from "./fault.js";
import { map, object, pattern } from "./forms.js";
import { unhex, utf8 } from "./bytes.js";

/// Notes of one sort in a record; where an older one may give way, a further one takes its place.
export const NOTES_MAX = 16;

const INDEX = "(?:0|[1-9][0-9]{0,15})";

/// The entry index that an id carries, or -1.
export function numberOf(id) {
  const number = Number(id.slice(1));
  return Number.isSafeInteger(number) ? number : -1;
}

function idOf(letters, what) {
  const expression = new RegExp(`^[${letters}]${INDEX}$`);
  return (value, place) => {
    must(typeof value === "string" && expression.test(value) && numberOf(value) >= 0, place,
      `${JSON.stringify(value)} is not the id of ${what}`);
  };
}

export const partyId = idOf("M", "a party");
export const rightId = idOf("R", "a right");
export const pledgeId = idOf("P", "a pledge");
export const reservationId = idOf("V", "a reservation");
export const freezeId = idOf("F", "a freeze");

const BURDEN = new RegExp(`^(?:[PV]${INDEX}\\.(?:0|[1-9][0-9]{0,8})|F${INDEX})$`);
export const burdenId = pattern(BURDEN, "the name of a burden");

export const hash = pattern(/^[0-9a-f]{64}$/, "64 hex digits");
export const signatureHex = pattern(/^[0-9a-f]{128}$/, "128 hex digits");
export const commandId = pattern(/^[0-9a-f]{32}$/, "32 hex digits");
export const name = pattern(/^[a-z0-9_-]{1,32}$/, "a name");
export const shortName = pattern(/^[a-z0-9_]{1,32}$/, "a short name");
export const person = pattern(/^[a-z0-9-]{1,32}$/, "a pseudonym");
export const region = pattern(/^[0-9]{6,12}$/, "6 to 12 digits");
export const actWord = pattern(/^[a-z0-9_]{1,32}$/, "the word of an act");

export function publicKey(value, place) {
  hash(value, place);
  must(isKey(unhex(value)), place, "this is not a public key");
}

// ---------------------------------------------------------------------------------------------------------------------
// Quantities
// ---------------------------------------------------------------------------------------------------------------------

const QUANTITY = /^(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,6})?$/;

/// A quantity as signed: zeros at the end may stay.
export const quantitySigned = pattern(QUANTITY, "a quantity");

/// A quantity in written form.
export function quantity(value, place) {
  quantitySigned(value, place);
  must(!value.includes(".") || !value.endsWith("0"), place, `${value} has zeros at its end`);
}

export const area = pattern(/^(?:0|[1-9][0-9]{0,37})$/, "an area");

function aboveZero(value, place) {
  must(micro(value) > 0n, place, "it is not above zero");
}

/// Yuan as signed: above zero, with at most two decimal digits.
export function yuanSigned(value, place) {
  yuanOrNoneSigned(value, place);
  aboveZero(value, place);
}

/// Yuan as signed, or none.
export function yuanOrNoneSigned(value, place) {
  quantitySigned(value, place);
  must(digitsOf(value) <= 2, place, "yuan have at most two decimal digits");
}

/// Yuan for one unit, as signed.
export function priceSigned(value, place) {
  quantitySigned(value, place);
  aboveZero(value, place);
}

/// Yuan, or yuan for one unit, in written form.
export function yuan(value, place) {
  quantity(value, place);
  yuanSigned(value, place);
}

export function price(value, place) {
  quantity(value, place);
  aboveZero(value, place);
}

/// The millionths of a quantity.
export function micro(text) {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}

/// The written form of millionths.
export function written(millionths) {
  const whole = millionths / 1_000_000n;
  const fraction = String(millionths % 1_000_000n).padStart(6, "0").replace(/0+$/, "");
  return fraction ? `${whole}.${fraction}` : String(whole);
}

/// The decimal digits that a quantity as signed carries.
export function digitsOf(text) {
  return text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
}

// ---------------------------------------------------------------------------------------------------------------------
// Time
// ---------------------------------------------------------------------------------------------------------------------

const DAY_MILLISECONDS = 86_400_000;

/// The number of a day, or NaN.
export function dayNumber(text) {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!parts) return NaN;
  const [year, month, date] = parts.slice(1).map(Number);
  const number = Date.UTC(year, month - 1, date) / DAY_MILLISECONDS;
  return year >= 1900 && dayText(number) === text ? number : NaN;
}

export function dayText(number) {
  return new Date(number * DAY_MILLISECONDS).toISOString().slice(0, 10);
}

export function day(value, place) {
  must(typeof value === "string" && !Number.isNaN(dayNumber(value)), place, `${JSON.stringify(value)} is not a day`);
}

function inOrder(value, place) {
  must(value.from < value.to, place, "it ends before it begins");
}

export const span = object({ from: day, to: day }, inOrder);

const INSTANT = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{6}))?Z$/;

/// The microseconds of an instant after 1970, or null.
export function micros(text) {
  const parts = typeof text === "string" && INSTANT.exec(text);
  if (!parts) return null;
  const date = dayNumber(parts[1]);
  const [hours, minutes, seconds] = parts.slice(2, 5).map(Number);
  if (!(date >= 0) || hours > 23 || minutes > 59 || seconds > 59) return null;
  const whole = ((date * 24 + hours) * 60 + minutes) * 60 + seconds;
  return BigInt(whole) * 1_000_000n + BigInt(parts[5] ?? "0");
}

/// An instant as signed: whole seconds, or six digits more.
export function instantSigned(value, place) {
  must(micros(value) !== null, place, `${JSON.stringify(value)} is not an instant`);
}

/// An instant as entries and records write it.
export function instant(value, place) {
  instantSigned(value, place);
  must(value.includes("."), place, "an instant has six digits after the seconds here");
}

/// The first instant of a day at UTC+8, in the form of records.
export function dayBegins(text) {
  const seconds = dayNumber(text) * 86_400 - 28_800;
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.000000Z`;
}

export function wholeSeconds(text) {
  return Number(micros(text) / 1_000_000n);
}

/// An instant later by microseconds, in the form of records.
export function later(time, microseconds) {
  const whole = micros(time) + microseconds;
  const fraction = String(whole % 1_000_000n).padStart(6, "0");
  return `${new Date(Number(whole / 1_000_000n) * 1_000).toISOString().slice(0, 19)}.${fraction}Z`;
}

/// The civil day of an instant, at UTC+8.
export function civilDay(text) {
  return Math.floor((wholeSeconds(text) + 28_800) / 86_400);
}

// ---------------------------------------------------------------------------------------------------------------------
// Texts and identities
// ---------------------------------------------------------------------------------------------------------------------

/// Characters that leave no mark.
const NO_MARK = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;
const NO_MARKS = new RegExp(NO_MARK.source, "gu");

export function characters(text) {
  return [...text].length;
}

/// The number of an order: a plain text of at most 64 bytes.
export function orderNumber(value, place) {
  plainText(value, place);
  must(utf8(value).length <= 64, place, "longer than 64 bytes");
}

export function plainText(value, place) {
  must(typeof value === "string", place, "this is not a text");
  const length = characters(value);
  must(length >= 1 && length <= 120, place, `${length} characters are not from 1 to 120`);
  must(!/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value) && !NO_MARK.test(value), place, "a character leaves no mark");
  must(!/(?! )\p{White_Space}/u.test(value) && !/^ | $|  /.test(value), place, "spaces where none may be");
}

export function upper(text) {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/// The normal form of the value of an identity.
export function normal(text) {
  return text.normalize("NFKC").replace(/[\p{White_Space}\p{Cc}]/gu, "").replace(NO_MARKS, "").normalize("NFC");
}

export function identityValue(value, place) {
  must(typeof value === "string" && !/\p{Cc}/u.test(value), place, "control characters");
  const length = characters(value);
  must(length >= 1 && length <= 128, place, `${length} characters are not from 1 to 128`);
}

export const identity = object({ scheme: name, value: identityValue });

/// The name of an identity in the state: without the case of ASCII letters, but for public keys.
export function identityName({ scheme, value }) {
  return `${scheme}:${scheme === "ed25519-key" ? value : upper(value)}`;
}

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

export function isCreditCode(text) {
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(text)) return false;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * ALPHABET.indexOf(text[at]), 0);
  return ALPHABET.indexOf(text[17]) === (31 - (sum % 31)) % 31;
}

export function creditCode(value, place) {
  must(typeof value === "string" && isCreditCode(value), place, `${JSON.stringify(value)} is not a credit code`);
}

/// Says whether a text has a shape of 1.6, in normal form.
export function hasShape(shape, text) {
  if (normal(text) !== text || text === "") return false;
  const [kind, argument = ""] = shape.split(":");
  const length = characters(text);
  switch (kind) {
    case "credit_code":
      return isCreditCode(text);
    case "permit":
      return /^.{18}[0-9]{3}[0-9A-Z]$/.test(text) && isCreditCode(text.slice(0, 18));
    case "unit_number":
      return /^[0-9]{12}[GJZ][A-Z][0-9]{5}[FLQW][0-9]{8}$/.test(text);
    case "year":
      return /^(?:19|20|21)[0-9]{2}$/.test(text);
    case "digits": {
      const [least, most] = argument.split("-").map(Number);
      return /^[0-9]+$/.test(text) && length >= least && length <= most;
    }
    case "text":
      return length <= Number(argument) && !/[\p{Cn}\p{Co}\p{Cs}|]/u.test(text);
    case "file_number":
      return length <= Number(argument) && /^[^()]+\([0-9]{4}\)[^()]+号$/u.test(text)
        && !/[\p{Cn}\p{Co}\p{Cs}|[\]{}<>〔〕【】〈〉《》「」]/u.test(text);
    case "one_of":
      return argument.split(",").map(upper).includes(upper(text));
    case "code":
      return length <= Number(argument) && /^[A-Za-z0-9\-_./]+$/.test(text);
    default:
      return false;
  }
}

export const hidden = map(shortName, hash, 1, 16);
