//! Canonical JSON (FORMATS 1.1): reading compares with writing, and repairs nothing.

import { Fault, fail, must } from "./fault.js";

const DEPTH_MAX = 8;

/// The one spelling of a value, or a fault where it has none.
export function write(value, level = 1) {
  must(level <= DEPTH_MAX, "", "deeper than 8 levels");
  if (value === true || value === false) return String(value);
  if (typeof value === "number") {
    must(Number.isSafeInteger(value) && !Object.is(value, -0), "", `${value} is not an integer below 2^53`);
    return String(value);
  }
  if (typeof value === "string") {
    must(!/\p{Surrogate}/u.test(value), "", "a lone surrogate");
    must(value.normalize("NFC") === value, "", `${JSON.stringify(value)} is not in normalization form C`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => write(item, level + 1)).join(",")}]`;
  must(typeof value === "object" && value !== null, "", "null is not a value");
  const names = Object.keys(value).sort();
  const members = names.map((name) => {
    must(/^[ -~]+$/.test(name), "", `${JSON.stringify(name)} is no name of a member`);
    return `${JSON.stringify(name)}:${write(value[name], level + 1)}`;
  });
  return `{${members.join(",")}}`;
}

/// The value of a canonical text; any other spelling is a fault.
export function read(text, place) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    fail(place, "this is not JSON");
  }
  let again;
  try {
    again = write(value);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    fail(place, fault.message);
  }
  must(again === text, place, "this is not canonical JSON");
  return value;
}
