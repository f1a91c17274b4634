//! A key as it is handed over to whoever registers it: its public half, the person, and the proof that the person holds it (an
//! offered key of FORMATS 2.3), as a file, as a QR code, and as texts to copy. The key itself never leaves the browser.

import { unhex, utf8 } from "../verifier/bytes.js";
import { write } from "../verifier/canonical.js";
import { element, factList } from "../verifier/dom.js";
import { verifies } from "../verifier/ed25519.js";
import { Fault, must } from "../verifier/fault.js";
import { keyId } from "./draft.js";
import { possession, possessionMessage } from "./keyring.js";
import { copyable, hexText, saved } from "./parts.js";

const PERSON = /^[a-z0-9-]{1,32}$/;

/// Whether a pseudonym has the form that the register takes.
export function isPerson(name) {
  return PERSON.test(name);
}

/// Why a pseudonym does not fit, with what was typed.
export function personFault(words, typed) {
  return `${words.personWrong[0]}${typed}${words.personWrong[1]}`;
}

/// The offered key, as one line of JSON: what the file has, and what the QR code says.
async function offeredText(key, aud) {
  return write({ key: hexText(key.publicKey), person: key.name, proof: await possession(key, aud, key.name) });
}

/// Reads an offered key from a file or a pasted text, and holds its proof to this register: a proof for another one, or of another
/// key, would be refused only when everybody has signed.
export function readOffered(text, aud) {
  let offered;
  try {
    offered = JSON.parse(text.trim());
  } catch {
    throw new Fault("", "no_offer");
  }
  const { key, person, proof } = offered ?? {};
  const isHex = (value, digits) => typeof value === "string" && value.length === digits && /^[0-9a-f]+$/.test(value);
  must(isHex(key, 64) && isHex(proof, 128) && typeof person === "string" && isPerson(person), "", "no_offer");
  const publicKey = unhex(key);
  must(verifies(publicKey, utf8(possessionMessage(keyId(publicKey), aud, person)), unhex(proof)), "", "other_offer");
  return { key, person, proof };
}

/// What of a key of this browser is handed over; a name that the register would not take cannot be.
export async function handedParts(words, key, aud) {
  const rows = [[words.keyNameLabel, key.name], [words.kid, copyable(words, key.kid)], [words.publicKey, copyable(words, hexText(key.publicKey))]];
  if (!isPerson(key.name)) return [factList(rows), element("p", { class: "notice warn" }, personFault(words, key.name))];
  const text = await offeredText(key, aud);
  const { proof, person } = JSON.parse(text);
  const code = `/sign/key.svg?${new URLSearchParams({ key: hexText(key.publicKey), person, proof })}`;
  return [
    factList([...rows, [words.proof, copyable(words, proof, { "data-proof": key.kid })]]),
    element("p", { class: "hint" }, words.handedHint),
    element("p", { class: "actions" }, saved(text, `key-${person}.json`, words.handedSave)),
    element("details", {}, element("summary", {}, words.handedCode),
      element("img", { class: "code", src: code, alt: words.handedCode, loading: "lazy" }), element("p", { class: "hint" }, words.handedScan)),
  ];
}
