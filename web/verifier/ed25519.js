//! Ed25519, verified strictly (FORMATS 1.7): the equation without cofactor, S below the group order, neither the key nor R
//! of low order, every encoding canonical.
//!
//! The points are those of noble-ed25519; its own `verify` multiplies by the cofactor, so the equation is written here.

import { Point } from "./vendor/noble-ed25519.js";
import { sha512 } from "./vendor/sha2.js";
import { concat, hex, same } from "./bytes.js";

const ORDER = Point.CURVE().n;

/// Points of keys that were read, and signatures that verified: a file repeats both, and flipped copies of it more so.
const POINTS = new Map();
const VERIFIED = new Set();
const KEPT_MAX = 20_000;

function number(bytes) {
  return BigInt(`0x${hex(bytes.toReversed ? bytes.toReversed() : Uint8Array.from(bytes).reverse())}`);
}

/// The point of a canonical encoding that is not of low order, else null.
function point(bytes) {
  const name = hex(bytes);
  const known = POINTS.get(name);
  if (known !== undefined) return known;
  let found = null;
  try {
    const read = Point.fromBytes(bytes, false);
    if (!read.isSmallOrder()) found = read;
  } catch {
    found = null;
  }
  if (POINTS.size > KEPT_MAX) POINTS.clear();
  POINTS.set(name, found);
  return found;
}

export function isKey(bytes) {
  return bytes.length === 32 && point(bytes) !== null;
}

export function verifies(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const name = `${hex(key)}${hex(signature)}${hex(sha512(message))}`;
  if (VERIFIED.has(name)) return true;
  const r = signature.slice(0, 32);
  const s = number(signature.slice(32));
  const owner = point(key);
  if (s >= ORDER || owner === null || point(r) === null) return false;
  const k = number(sha512(concat(r, key, message))) % ORDER;
  const left = Point.BASE.multiply(s, false);
  const right = owner.multiply(k, false);
  if (!same(left.subtract(right).toBytes(), r)) return false;
  if (VERIFIED.size > KEPT_MAX) VERIFIED.clear();
  VERIFIED.add(name);
  return true;
}
