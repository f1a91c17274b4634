//! Forms: small functions that say what a JSON value must look like, put together to describe every object of FORMATS.
//!
//! A form takes a value and its place and throws a fault, or returns nothing. Objects are strict: a member that is not
//! named is refused, a required one must be there, and an optional list or map is absent rather than empty (1.1).

import { fail, must } from "./fault.js";

/// Marks a member that may be absent; `when` says which lists are absent when empty.
export function optional(form) {
  return { form, optional: true };
}

export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/// An object with exactly these members; `also` looks at it as a whole.
export function object(members, also) {
  const named = Object.entries(members);
  const known = new Set(Object.keys(members));
  return (value, place) => {
    must(isObject(value), place, "this is not an object");
    for (const name of Object.keys(value)) must(known.has(name), place, `the member ${name} is unknown`);
    for (const [name, member] of named) {
      const form = member.optional ? member.form : member;
      if (Object.hasOwn(value, name)) form(value[name], `${place}.${name}`);
      else must(member.optional, place, `the member ${name} is missing`);
    }
    also?.(value, place);
  };
}

export function list(form, least = 0, most = Number.MAX_SAFE_INTEGER) {
  return (value, place) => {
    must(Array.isArray(value), place, "this is not a list");
    must(value.length >= least && value.length <= most, place, `${value.length} items are not from ${least} to ${most}`);
    value.forEach((item, at) => form(item, `${place}[${at}]`));
  };
}

/// A list that grows strictly by `key`, so nothing stands twice.
export function ascending(form, key, least = 0, most = Number.MAX_SAFE_INTEGER) {
  const plain = list(form, least, most);
  return (value, place) => {
    plain(value, place);
    for (let at = 1; at < value.length; at += 1) {
      must(key(value[at - 1]) < key(value[at]), place, "the items do not ascend");
    }
  };
}

/// A list without repetition by `key`.
export function distinct(form, key, least = 0, most = Number.MAX_SAFE_INTEGER) {
  const plain = list(form, least, most);
  return (value, place) => {
    plain(value, place);
    must(new Set(value.map(key)).size === value.length, place, "an item stands twice");
  };
}

/// A map from names of one form to values of another.
export function map(nameForm, form, least = 1, most = Number.MAX_SAFE_INTEGER) {
  return (value, place) => {
    must(isObject(value), place, "this is not an object");
    const names = Object.keys(value);
    must(names.length >= least && names.length <= most, place, `${names.length} members are not from ${least} to ${most}`);
    for (const name of names) {
      nameForm(name, `${place}.${name}`);
      form(value[name], `${place}.${name}`);
    }
  };
}

export function pattern(expression, what) {
  return (value, place) => {
    must(typeof value === "string" && expression.test(value), place, `${JSON.stringify(value)} is not ${what}`);
  };
}

export function word(...words) {
  return (value, place) => must(words.includes(value), place, `${JSON.stringify(value)} is none of ${words.join(", ")}`);
}

export function integer(least = 0, most = Number.MAX_SAFE_INTEGER) {
  return (value, place) => {
    must(Number.isSafeInteger(value) && value >= least && value <= most, place, `${value} is not from ${least} to ${most}`);
  };
}

export function mark(value, place) {
  must(value === true, place, "this may be true or absent only");
}

export function boolean(value, place) {
  must(typeof value === "boolean", place, "this is neither true nor false");
}

export function string(value, place) {
  must(typeof value === "string", place, "this is not a text");
}

/// The form that the value of one member chooses.
export function chosen(member, forms) {
  return (value, place) => {
    must(isObject(value), place, "this is not an object");
    const name = value[member];
    if (typeof name !== "string" || !Object.hasOwn(forms, name)) {
      fail(place, `${member} ${JSON.stringify(name)} is unknown`);
    }
    forms[name](value, place);
  };
}
