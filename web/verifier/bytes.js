//! Bytes and their spellings: UTF-8, hex, base64 and base64url, each read strictly; SHA-256.

import { sha256 } from "./vendor/sha2.js";

const ENCODER = new TextEncoder();

export function utf8(text) {
  return ENCODER.encode(text);
}

/// The text of bytes that are valid UTF-8, else null. A byte order mark is a character like any other.
export function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += DIGITS[byte];
  return text;
}

/// The bytes of lowercase hex digits; whoever calls has checked the form.
export function unhex(text) {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

export function concat(...parts) {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(left, right) {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at += 1) if (left[at] !== right[at]) return false;
  return true;
}

/// SHA-256 over the parts, one after another; texts count as their UTF-8.
export function digest(...parts) {
  const hash = sha256.create();
  for (const part of parts) hash.update(typeof part === "string" ? utf8(part) : part);
  return hash.digest();
}

export function hexDigest(...parts) {
  return hex(digest(...parts));
}

export function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/// The bytes of padded base64 without unused bits, else null: only the one spelling that writing gives is read.
export function unbase64(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  let raw;
  try {
    raw = atob(text);
  } catch {
    return null;
  }
  const bytes = Uint8Array.from(raw, (character) => character.charCodeAt(0));
  return base64(bytes) === text ? bytes : null;
}

/// The bytes of base64url without padding, else null.
export function unbase64url(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const padded = text.replaceAll("-", "+").replaceAll("_", "/");
  return unbase64(padded + "=".repeat((4 - (padded.length % 4)) % 4));
}
