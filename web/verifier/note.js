//! Signed notes, verifier keys, checkpoints and cosignatures (FORMATS 4.4, 4.6).

import { concat, digest, hex, unbase64, utf8 } from "./bytes.js";
import { isKey, verifies } from "./ed25519.js";
import { must } from "./fault.js";

export const LOG = 1;
export const COSIGNER = 4;
/// Keys of this type are read in trust policies, and no line is taken for theirs.
export const ML_DSA_COSIGNER = 6;

const NOTE_BYTES_MAX = 524_288;
const LINES_MAX = 64;

function isName(text) {
  return text !== "" && !/[\p{White_Space}\p{Cs}+\u0000-\u001f]/u.test(text);
}

/// A verifier key: `name+id+base64`.
export function readVerifierKey(text, place) {
  const first = text.indexOf("+");
  const second = text.indexOf("+", first + 1);
  must(first > 0 && second > first, place, "this is not a verifier key");
  const name = text.slice(0, first);
  const id = text.slice(first + 1, second);
  const bytes = unbase64(text.slice(second + 1));
  must(isName(name) && /^[0-9a-f]{8}$/.test(id), place, "this is not a verifier key");
  const isUnverified = bytes !== null && bytes[0] === ML_DSA_COSIGNER;
  must(bytes !== null && bytes.length === (isUnverified ? 1_313 : 33), place, "the length of the verifier key");
  const key = bytes.slice(1);
  must(isUnverified || isKey(key), place, "the verifier key is not a public key");
  must(hex(keyId(name, bytes[0], key)) === id, place, "the id of the verifier key is not that of its bytes");
  return { name, id, type: bytes[0], key, text };
}

export function keyId(name, type, key) {
  return digest(name, Uint8Array.of(0x0a, type), key).slice(0, 4);
}

/// Takes a note apart: its text and its signature lines.
export function readNote(text, place) {
  must(utf8(text).length <= NOTE_BYTES_MAX, place, "the note is too long");
  must(!/[\u0000-\u0009\u000b-\u001f]/.test(text), place, "the note has a control character");
  const end = text.lastIndexOf("\n\n");
  must(end >= 0 && text.endsWith("\n"), place, "the note has no empty line before its signatures");
  const body = text.slice(0, end + 1);
  const lines = text.slice(end + 2).split("\n");
  must(lines.pop() === "" && lines.length >= 1 && lines.length <= LINES_MAX, place, "a note has 1 to 64 signatures");
  const signatures = lines.map((line) => {
    const parts = /^— (.+) ([^ ]+)$/u.exec(line);
    must(parts && isName(parts[1]), place, "a signature line is malformed");
    const bytes = unbase64(parts[2]);
    must(bytes !== null && bytes.length >= 5, place, "a signature line is malformed");
    return { name: parts[1], id: hex(bytes.slice(0, 4)), bytes: bytes.slice(4) };
  });
  return { text: body, signatures };
}

/// The keys that signed, each with its time if it cosigned. A false line of a known key is a fault.
export function openNote(note, keys, place) {
  const signed = [];
  for (const line of note.signatures) {
    const key = keys.find((known) => known.name === line.name && known.id === line.id);
    if (!key || key.type === ML_DSA_COSIGNER) continue;
    let time = null;
    let message = utf8(note.text);
    let signature = line.bytes;
    if (key.type === COSIGNER) {
      must(signature.length === 72, place, `the line of ${line.name} is malformed`);
      const seconds = BigInt(`0x${hex(signature.slice(0, 8))}`);
      must(seconds < 1n << 63n, place, `the time of ${line.name} is not in range`);
      time = Number(seconds);
      message = concat(utf8(`cosignature/v1\ntime ${seconds}\n`), message);
      signature = signature.slice(8);
    }
    must(signature.length === 64 && verifies(key.key, message, signature), place,
      `the signature of ${line.name} does not verify`);
    signed.push({ key, time });
  }
  return signed;
}

/// Reads the three lines of a checkpoint.
export function readCheckpoint(text, place) {
  const lines = text.split("\n");
  must(lines.length === 4 && lines[3] === "", place, "a checkpoint has three lines");
  const [origin, decimal, encoded] = lines;
  must(origin !== "" && /^(?:0|[1-9][0-9]{0,15})$/.test(decimal), place, "the size of the checkpoint is malformed");
  const size = Number(decimal);
  const root = unbase64(encoded);
  must(Number.isSafeInteger(size) && root !== null && root.length === 32, place, "the checkpoint is malformed");
  return { origin, size, root };
}

/// Opens a checkpoint under the log keys of a trust policy.
export function openCheckpoint(text, logs, place) {
  const note = readNote(text, place);
  const checkpoint = readCheckpoint(note.text, place);
  const trusted = logs.filter((log) => log.name === checkpoint.origin);
  must(trusted.length > 0, place, `no log named ${checkpoint.origin} is in the trust policy`);
  const signed = openNote(note, trusted, place);
  must(signed.length > 0, place, "no log key of the trust policy signed it");
  return { ...checkpoint, note };
}

