//! Drafts and commands (docs/FORMATS.md 2): building the payload, adding a signature, what is still missing.
//!
//! A draft is what `greenlien sign` writes: `{"openings","payload","signatures"}`. The bytes that are shown are the bytes
//! that are signed; whatever is read is checked by the forms of the offline verifier before anybody may sign it.

import { base64, digest, hex, hexDigest, textOf, unbase64url, utf8 } from "../verifier/bytes.js";
import { write } from "../verifier/canonical.js";
import { isKnownType, readEnvelope, readPayload } from "../verifier/commands.js";
import { must } from "../verifier/fault.js";
import { isObject, list, object, optional, pattern, string } from "../verifier/forms.js";
import { partyId, shortName } from "../verifier/values.js";

/// The law whose commands are signed here.
const LAW = 2;
export const DRAFT_BYTES_MAX = 65_536;
const SALT_BYTES = 16;
const VALUE_BYTES_MAX = 1_024;
const DAY_SECONDS = 86_400;
const PLACE = "draft";

export function base64url(bytes) {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/// Random bytes of the browser; there without WebCrypto's other parts too.
function random(count) {
  return crypto.getRandomValues(new Uint8Array(count));
}

/// A hidden value under a fresh salt (FORMATS 2.5).
function opening(claim, value) {
  return { claim, salt: hex(random(SALT_BYTES)), value };
}

/// The digest that is signed in the place of a hidden value.
function digestOf({ claim, salt, value }) {
  return hexDigest(base64url(utf8(write([salt, claim, value]))));
}

const RESIDENT_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// Whether a text is the number of a natural person (GB 11643): 17 digits and their check character.
function isResidentNumber(text) {
  if (!/^[0-9]{17}[0-9X]$/.test(text)) return false;
  const sum = RESIDENT_WEIGHTS.reduce((all, weight, at) => all + weight * Number(text[at]), 0);
  return text[17] === "10X98765432"[sum % 11];
}

/// Sums and percents as the register counts them: to a millionth, below a million millions.
const NUMBER = /^(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,6})?$/;
const WHOLE_MAX = 12;
const PERCENTS = ["warning_ltv_percent", "close_out_ltv_percent"];

/// A number as people type it, as the register writes it: digits of any width, and groups of three where all are whole.
export function plainNumber(text) {
  const plain = text.trim().normalize("NFKC");
  return /^[0-9]{1,3}([, ])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]+)?$/.test(plain) ? plain.replaceAll(/[, ]/g, "") : plain;
}

function numberFault(text, fault) {
  if (NUMBER.test(text)) return undefined;
  return /^[1-9][0-9]*(?:\.[0-9]+)?$/.test(text) && text.split(".")[0].length > WHOLE_MAX ? "sum_large" : fault;
}

/// What is typed of hidden values as they are hidden: in one spelling, numbers as the register counts them.
export function hiddenValues(typed) {
  const isNumber = (name) => name === "principal_cny" || PERCENTS.includes(name);
  return Object.fromEntries(Object.entries(typed).map(([name, value]) =>
    [name, isNumber(name) ? plainNumber(value) : value.trim().normalize("NFC")]));
}

/// What is wrong with hidden values before anybody signs them, as a claim and the name of a fault, or nothing; the door looks at
/// them only with all signatures, and a digest that was signed is never mended.
export function hiddenFault(hidden) {
  if ("resident_id" in hidden) {
    if (hidden.name === "") return ["name", "person_unnamed"];
    if (!isResidentNumber(hidden.resident_id)) return ["resident_id", "resident_wrong"];
  }
  for (const [name, value] of Object.entries(hidden)) {
    if (value === "") continue;
    if (utf8(value).length > VALUE_BYTES_MAX) return [name, "hidden_long"];
    const fault = name === "principal_cny" ? numberFault(value, "sum_wrong") : PERCENTS.includes(name) ? numberFault(value, "percent_wrong") : undefined;
    if (fault) return [name, fault];
  }
  return undefined;
}

/// Makes the draft of a command: `asked` is `{org, type, body, signers, expect, attested}`, `hidden` values by their names.
export function newDraft(asked, hidden, aud, days, now) {
  const openings = Object.entries(hidden).filter(([, value]) => value !== "").map(([claim, value]) => opening(claim, value));
  const body = { ...asked.body };
  if (openings.length > 0) body.hidden = Object.fromEntries(openings.map((open) => [open.claim, digestOf(open)]));
  const seconds = Math.floor(now / 1000);
  const payload = {
    aud, org: asked.org, cmd: hex(random(16)), type: asked.type, body, signers: inOrder(asked.signers),
    iat: instant(seconds), exp: instant(seconds + days * DAY_SECONDS),
  };
  if (asked.attested && asked.attested.length > 0) payload.attested = asked.attested;
  if (asked.expect && Object.keys(asked.expect).length > 0) payload.expect = asked.expect;
  return readDraft({
    ...(openings.length > 0 ? { openings } : {}),
    payload: base64url(utf8(write(payload))), signatures: [],
  });
}

function instant(seconds) {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

/// Signers ascend by the number of their party, the maker before the checkers.
function inOrder(signers) {
  const rank = (signer) => Number(signer.org.slice(1)) * 2 + (signer.role === "maker" ? 0 : 1);
  return [...signers].sort((left, right) => rank(left) - rank(right));
}

const openingForm = object({
  claim: shortName, salt: pattern(/^(?:[0-9a-f]{2}){16,64}$/, "16 to 64 bytes in hex"),
  value: (value, place) => must(typeof value === "string" && value !== "" && utf8(value).length <= VALUE_BYTES_MAX, place, "no text of 1 to 1,024 bytes"),
});

const draftForm = object({
  openings: optional(list(openingForm, 1, 16)), payload: string,
  signatures: list((item) => must(isObject(item), PLACE, "a signature is no object"), 0, 32),
});

/// Reads a draft: the file, what its payload says, and the payload's text, which is what will be signed.
export function readDraft(file) {
  draftForm(file, PLACE);
  const bytes = unbase64url(file.payload);
  must(bytes !== null, `${PLACE}.payload`, "this is not base64url");
  const payload = readPayload(bytes, `${PLACE}.payload`, LAW);
  must(isKnownType(payload.type), PLACE, `the type ${payload.type} is unknown`);
  const made = file.signatures.length > 0 ? readEnvelope({ payload: file.payload, signatures: file.signatures }, PLACE).signatures : [];
  return { file, payload, text: textOf(bytes), made, opened: openedOf(file.openings ?? [], payload) };
}

/// Reads the text of a draft file.
export function parseDraft(bytes) {
  must(bytes.length <= DRAFT_BYTES_MAX, PLACE, `longer than ${DRAFT_BYTES_MAX} bytes`);
  const text = textOf(bytes);
  let file;
  try {
    file = JSON.parse(text ?? "");
  } catch {
    must(false, PLACE, "this is not JSON");
  }
  return readDraft(file);
}

/// The hidden values that the openings show; every one has its digest among what is signed, and no digest is without one.
function openedOf(openings, payload) {
  const digests = { ...payload.body.hidden };
  openings.forEach((open, at) => {
    must(digests[open.claim] === digestOf(open), `${PLACE}.openings[${at}]`, `the signed digest of ${open.claim} is of another value`);
    delete digests[open.claim];
  });
  const [left] = Object.keys(digests);
  must(left === undefined, `${PLACE}.openings`, `the value of ${left} is not shown`);
  return openings.map(({ claim, value }) => ({ claim, value }));
}

/// How many signatures in this part are still to come.
export function missing(draft, role) {
  const asked = draft.payload.signers.filter((signer) => signer.role === role).length;
  return Math.max(0, asked - draft.made.filter((signature) => signature.role === role).length);
}

export function isComplete(draft) {
  return missing(draft, "maker") === 0 && missing(draft, "checker") === 0;
}

/// The key id: the SHA-256 of the public key.
export function keyId(publicKey) {
  return hex(digest(publicKey));
}

/// Adds a signature by `key`, which is `{publicKey, sign}`; the draft that was handed in stays as it was.
export async function signDraft(draft, role, key) {
  const kid = keyId(key.publicKey);
  must(!draft.made.some((signature) => signature.kid === kid), "key", "has_signed");
  must(missing(draft, role) > 0, "role", "no_further");
  const header = base64url(utf8(write({ alg: "Ed25519", kid, role, typ: "greenlien-cmd+jws" })));
  const signature = await key.sign(utf8(`${header}.${draft.file.payload}`));
  const added = { kid, protected: header, signature: base64url(signature) };
  const all = draft.file.signatures.map((item, at) => ({ ...item, kid: draft.made[at].kid })).concat(added);
  all.sort((left, right) => (left.kid < right.kid ? -1 : 1));
  const signatures = all.map(({ protected: made, signature: bytes }) => ({ protected: made, signature: bytes }));
  return readDraft({ ...draft.file, signatures });
}

/// A draft without the signatures of these keys.
export function withoutSignatures(draft, kids) {
  const signatures = draft.file.signatures.filter((_, at) => !kids.includes(draft.made[at].kid));
  return readDraft({ ...draft.file, signatures });
}

/// The text of the draft file, as `greenlien sign` writes it.
export function draftText(draft) {
  return `${write(draft.file)}\n`;
}

/// What is sent to the register.
export function submission(draft) {
  const { payload, signatures, openings } = draft.file;
  return { command: { payload, signatures }, ...(openings ? { openings } : {}) };
}

/// Reads what a page of the register asks to be signed, which is not trusted more than a file.
export function askedOf(text) {
  const asked = JSON.parse(text);
  partyId(asked.org, "org");
  return asked;
}
