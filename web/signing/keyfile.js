//! Private key files (docs/FORMATS.md 1.7; RFC 5958, RFC 8018, RFC 8410): PKCS#8 PEM of an Ed25519 key, plain or encrypted
//! by PBES2 with scrypt or PBKDF2 and AES-256-CBC, as `greenlien keygen` and OpenSSL write them.
//!
//! Everything is done in this page; without WebCrypto too, which browsers keep from pages of plain http.

import { textOf, unbase64, utf8 } from "../verifier/bytes.js";
import { Fault } from "../verifier/fault.js";
import { pbkdf2 } from "../verifier/vendor/pbkdf2.js";
import { scrypt } from "../verifier/vendor/scrypt.js";
import { sha256, sha512 } from "../verifier/vendor/sha2.js";
import { cbc } from "./vendor/aes.js";

export const KEY_FILE_BYTES_MAX = 16_384;
const SCRYPT_BYTES_MAX = 256 * 1024 * 1024;
const ITERATIONS_MAX = 10_000_000;

const INTEGER = 0x02;
const OCTETS = 0x04;
const OID = 0x06;
const SEQUENCE = 0x30;

const ED25519 = "2b6570";
const PBES2 = "2a864886f70d01050d";
const PBKDF2 = "2a864886f70d01050c";
const SCRYPT = "2b06010401da47040b";
const AES_256_CBC = "60864801650304012a";
const PRFS = { "2a864886f70d0209": sha256, "2a864886f70d020b": sha512 };

/// What is wrong with a key file; `reason` names the words that a person reads.
export class KeyFault extends Fault {
  constructor(reason) {
    super("key file", reason);
    this.reason = reason;
  }
}

function refuse(reason) {
  throw new KeyFault(reason);
}

/// Reads DER values one after another; only definite lengths in their shortest form.
class Der {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  byte() {
    if (this.at >= this.bytes.length) refuse("damaged");
    this.at += 1;
    return this.bytes[this.at - 1];
  }

  get ended() {
    return this.at === this.bytes.length;
  }

  peek() {
    return this.bytes[this.at];
  }

  /// The content of the next value, which has this tag.
  take(tag) {
    if (this.byte() !== tag) refuse("damaged");
    let length = this.byte();
    if (length >= 0x80) {
      const count = length - 0x80;
      if (count < 1 || count > 2) refuse("damaged");
      length = 0;
      for (let n = 0; n < count; n += 1) length = length * 256 + this.byte();
      if (length < 0x80 || (count === 2 && length < 0x100)) refuse("damaged");
    }
    if (this.at + length > this.bytes.length) refuse("damaged");
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }

  sequence() {
    return new Der(this.take(SEQUENCE));
  }

  oid() {
    return Array.from(this.take(OID), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /// A whole number below 2^32 that is not negative.
  number() {
    const bytes = this.take(INTEGER);
    if (bytes.length < 1 || bytes.length > 5 || bytes[0] >= 0x80) refuse("damaged");
    return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  }
}

/// The seed of the key in a PEM text; `passphrase` may be empty where the file is not encrypted.
export function readKeyFile(bytes, passphrase) {
  const text = bytes.length <= KEY_FILE_BYTES_MAX ? textOf(bytes) : null;
  const found = text?.match(/^-----BEGIN ([A-Z ]+)-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----\s*$/);
  if (!found) refuse("no_pem");
  const der = unbase64(found[2].replaceAll(/[\r\n]/g, ""));
  if (der === null) refuse("damaged");
  if (found[1] === "PRIVATE KEY") return seedOf(der);
  if (found[1] !== "ENCRYPTED PRIVATE KEY") refuse("other_label");
  if (passphrase === "") refuse("passphrase_missing");
  return seedOf(decrypted(der, passphrase));
}

/// Says whether a PEM text needs a passphrase.
export function isEncrypted(bytes) {
  return bytes.length <= KEY_FILE_BYTES_MAX && (textOf(bytes) ?? "").startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
}

function seedOf(der) {
  const outer = new Der(der);
  const info = outer.sequence();
  if (!outer.ended || info.number() > 1) refuse("damaged");
  const algorithm = info.sequence();
  if (algorithm.oid() !== ED25519 || !algorithm.ended) refuse("not_ed25519");
  const inner = new Der(info.take(OCTETS));
  const seed = inner.take(OCTETS);
  if (seed.length !== 32 || !inner.ended) refuse("damaged");
  return seed;
}

function decrypted(der, passphrase) {
  const outer = new Der(der);
  const info = outer.sequence();
  const algorithm = info.sequence();
  const cipher = info.take(OCTETS);
  if (!outer.ended || !info.ended) refuse("damaged");
  if (algorithm.oid() !== PBES2) refuse("other_encryption");
  const parameters = algorithm.sequence();
  const derivation = parameters.sequence();
  const scheme = parameters.sequence();
  if (scheme.oid() !== AES_256_CBC) refuse("other_encryption");
  const iv = scheme.take(OCTETS);
  if (iv.length !== 16) refuse("damaged");
  const key = derived(derivation, passphrase);
  let plain;
  try {
    plain = cbc(key, iv).decrypt(cipher);
  } catch {
    refuse("passphrase_wrong");
  }
  try {
    return checkedInfo(plain);
  } finally {
    key.fill(0);
  }
}

/// One wrong passphrase in 256 leaves a padding that looks right; what it opens is no key.
function checkedInfo(plain) {
  if (plain[0] !== SEQUENCE) refuse("passphrase_wrong");
  return plain;
}

function derived(derivation, passphrase) {
  const name = derivation.oid();
  const parameters = derivation.sequence();
  const salt = parameters.take(OCTETS);
  if (name === SCRYPT) {
    const [N, r, p] = [parameters.number(), parameters.number(), parameters.number()];
    const isPower = N > 1 && Number.isInteger(Math.log2(N));
    if (!isPower || r < 1 || p < 1 || p > 16 || 128 * N * r > SCRYPT_BYTES_MAX) refuse("other_encryption");
    return scrypt(utf8(passphrase), salt, { N, r, p, dkLen: 32, maxmem: SCRYPT_BYTES_MAX + 1024 * 1024 });
  }
  if (name !== PBKDF2) refuse("other_encryption");
  const c = parameters.number();
  if (c < 1 || c > ITERATIONS_MAX) refuse("other_encryption");
  if (!parameters.ended && parameters.peek() === INTEGER && parameters.number() !== 32) refuse("other_encryption");
  const hash = PRFS[parameters.ended ? "" : parameters.sequence().oid()];
  if (hash === undefined) refuse("other_encryption");
  return pbkdf2(hash, utf8(passphrase), salt, { c, dkLen: 32 });
}
