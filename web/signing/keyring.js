//! The keys of this browser. Where the browser allows it (WebCrypto, over https or on this machine), a key is kept in the
//! browser's own store in a form that no script can read out, this one included. Elsewhere a key lives in a key file, and in
//! the memory of this page until the page is left. No key is ever sent.

import { utf8 } from "../verifier/bytes.js";
import { getPublicKey, hashes, sign } from "../verifier/vendor/noble-ed25519.js";
import { sha512 } from "../verifier/vendor/sha2.js";
import { keyId } from "./draft.js";

hashes.sha512 = sha512;

const STORE = "keys";
const PKCS8_HEAD = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A key of a file, in the memory of this page.
export function keyOfSeed(seed, name) {
  const publicKey = getPublicKey(seed);
  return { name, kid: keyId(publicKey), publicKey, kept: false, sign: async (message) => sign(message, seed) };
}

function keyOfStore({ name, publicKey, privateKey }) {
  return {
    name, kid: keyId(publicKey), publicKey, kept: true,
    sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, message)),
  };
}

/// Says whether this browser can keep a key that nobody can read out.
export async function canKeep() {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle || !globalThis.indexedDB) return false;
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

async function store(mode) {
  const opening = indexedDB.open("greenlien", 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(STORE, { keyPath: "kid" }));
  const base = await settled(opening);
  return base.transaction(STORE, mode).objectStore(STORE);
}

/// The keys that this browser keeps.
export async function keptKeys() {
  const all = await settled((await store("readonly")).getAll());
  return all.map(keyOfStore);
}

async function keep(name, publicKey, privateKey) {
  const row = { kid: keyId(publicKey), name, publicKey, privateKey };
  await settled((await store("readwrite")).put(row));
  return keyOfStore(row);
}

/// Makes a key that never leaves this browser.
export async function makeKey(name) {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return keep(name, publicKey, pair.privateKey);
}

/// Keeps the key of a file in this browser, where it cannot be read out again.
export async function keepSeed(seed, name) {
  const pkcs8 = new Uint8Array([...PKCS8_HEAD, ...seed]);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  pkcs8.fill(0);
  return keep(name, getPublicKey(seed), privateKey);
}

export async function forget(kid) {
  await settled((await store("readwrite")).delete(kid));
}

/// What a proof of possession signs (FORMATS 2.3).
export function possessionMessage(kid, aud, person) {
  return `greenlien/key/v1|${aud}|${kid}|${person}`;
}

/// The proof of possession that a party hands in with a new key.
export async function possession(key, aud, person) {
  const signature = await key.sign(utf8(possessionMessage(key.kid, aud, person)));
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

