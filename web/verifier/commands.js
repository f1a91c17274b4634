//! Commands (FORMATS 2): the envelope, its headers, the payload and the body of every type.

import { textOf, unbase64url, utf8 } from "./bytes.js";
import { read, write } from "./canonical.js";
import { must } from "./fault.js";
import { findingForm } from "./findings.js";
import { ascending, boolean, distinct, integer, isObject, list, map, mark, object, optional, pattern, string, word } from "./forms.js";
import { polygonText } from "./polygon.js";
import { attributes, externalMembers, green, partyAsWhole, partyMembers, syndicate } from "./records.js";
import {
  burdenId, commandId, day, freezeId, hash, hidden, identity, identityName, instantSigned, micro, name, numberOf, orderNumber, partyId,
  person, plainText, pledgeId, priceSigned, publicKey, quantity, quantitySigned, reservationId, rightId, shortName, signatureHex, span,
  yuanOrNoneSigned, yuanSigned,
} from "./values.js";

const PAYLOAD_BYTES_MAX = 24_576;
const HEADER_BYTES_MAX = 256;
const ANSWER_BYTES_MAX = 12_288;

const headerForm = object({
  alg: word("Ed25519", "EdDSA"), kid: hash, role: word("maker", "checker"), typ: word("greenlien-cmd+jws"),
});

/// Reads an envelope as it stands in an entry: the bytes of its payload, and its signatures with their headers.
export function readEnvelope(envelope, place) {
  object({
    payload: string, signatures: list(object({ protected: string, signature: string }), 1, 32),
  })(envelope, place);
  const payload = unbase64url(envelope.payload);
  must(payload !== null && payload.length <= PAYLOAD_BYTES_MAX, `${place}.payload`, "this is not base64url of a payload");
  const signatures = envelope.signatures.map((item, at) => {
    const where = `${place}.signatures[${at}]`;
    const header = unbase64url(item.protected);
    must(header !== null && header.length <= HEADER_BYTES_MAX, where, "the header is not base64url");
    const text = textOf(header);
    must(text !== null, where, "the header is not UTF-8");
    const members = read(text, where);
    headerForm(members, where);
    const signature = unbase64url(item.signature);
    must(signature !== null && signature.length === 64, where, "a signature has 64 bytes");
    return { kid: members.kid, role: members.role, message: utf8(`${item.protected}.${envelope.payload}`), signature };
  });
  for (let at = 1; at < signatures.length; at += 1) {
    must(signatures[at - 1].kid < signatures[at].kid, place, "the signatures do not ascend");
  }
  return { payload, signatures };
}

// ---------------------------------------------------------------------------------------------------------------------
// Bodies
// ---------------------------------------------------------------------------------------------------------------------

const unit = plainText;
const amount = { quantity: quantitySigned, unit };
const years = (value, place) => {
  list(integer(1900, 9998), 2, 2)(value, place);
  must(value[0] <= value[1], place, "the years do not ascend");
};
const extent = { quantity: optional(quantitySigned), unit: optional(unit), from: optional(day), to: optional(day), years: optional(years) };
const behind = optional(distinct(burdenId, (id) => id, 1, 256));
const consenting = optional(ascending(partyId, numberOf, 1, 32));

function amountAsWhole(value, place) {
  must(Object.hasOwn(value, "quantity") === Object.hasOwn(value, "unit"), place, "quantity and unit go together");
}

function extentAsWhole(value, place) {
  amountAsWhole(value, place);
  must(Object.hasOwn(value, "from") === Object.hasOwn(value, "to"), place, "from and to go together");
  if (value.from !== undefined) must(value.from < value.to, place, "it ends before it begins");
}

const asked = object({ right: rightId, ...extent, behind }, extentAsWhole);
const offered = object({ key: publicKey, person, proof: signatureHex });
const part = object({ line: integer(0, 63), quantity: optional(quantitySigned), unit: optional(unit) }, amountAsWhole);
const kind = name;
const document = hash;
const byLine = (item) => item.line;

const stepsForm = ascending(object({ from: day, quantity: quantitySigned }), (step) => step.from, 1, 128);

const issueRight = object({
  kind, holder: partyId, identities: distinct(identity, identityName, 1, 8), span, quantity: optional(quantitySigned),
  steps: optional(stepsForm), unit, succeeds: distinct(rightId, (id) => id, 0, 16), class: optional(plainText),
  attributes: optional(attributes), polygon: optional(polygonText), units: optional(distinct(string, (text) => text, 1, 32)),
  additional: optional(mark), adjudication: optional(hash),
}, (body, place) => {
  must((body.quantity === undefined) !== (body.steps === undefined), place, "a right has a quantity or steps");
  if (body.steps) {
    must(body.steps[0].from === body.span.from, place, "the steps do not begin with the span");
    must(body.steps.at(-1).from < body.span.to, place, "a step is after the span");
  }
});

const oneOf = (...names) => (body, place) => {
  must(names.some((member) => Object.hasOwn(body, member)), place, `one of ${names.join(", ")} is there`);
};

/// A body that may name the court whose order it carries out, and then its document.
const ordered = (members) => object({ ...members, authority: optional(partyId), document: optional(hash) }, (value, place) => {
  must(Object.hasOwn(value, "authority") === Object.hasOwn(value, "document"), place, "authority and document go together");
});

const BODIES = {
  admit_party: object({ ...partyMembers, keys: distinct(offered, (item) => item.key, 0, 128) }, partyAsWhole),
  add_key: offered,
  revoke_key: object({ kid: hash }),
  set_signing_policy: object({ threshold: integer(1, 5) }),
  adopt_policy: object({ kind, text: string }),
  issue_right: issueRight,
  adjust_right: object({ right: rightId, from: day, ...amount, document }),
  revoke_right: object({ right: rightId, from: day, document }),
  freeze: object({
    right: rightId, authority: partyId, ...extent, document, order: optional(orderNumber), until: optional(day),
    limit_cny: optional(yuanSigned), price_cny: optional(priceSigned),
  }, extentAsWhole),
  unfreeze: object({ right: rightId, freeze: freezeId, document }),
  reserve: object({ pledgor: partyId, lines: list(asked, 1, 64), days: integer(1, 30) }),
  cancel_reservation: object({ reservation: reservationId }),
  register_pledge: object({
    pledgor: partyId, debtor: optional(partyId), form: word("质押", "抵押"), lines: list(asked, 1, 64), term: optional(span),
    reservation: optional(reservationId), hidden: optional(hidden), cap_cny: optional(yuanSigned), maximum: optional(span),
    syndicate: optional(syndicate), green: optional(green),
  }),
  amend_pledge: object({
    pledge: pledgeId, lines: optional(distinct(object({ line: integer(0, 63), ...amount, behind }), byLine, 1, 64)),
    cap_cny: optional(yuanSigned), green: optional(green), consenting,
  }, oneOf("lines", "cap_cny", "green")),
  extend_pledge: object({
    pledge: pledgeId, lines: optional(distinct(object({ line: integer(0, 63), to: day, quantity: optional(quantitySigned), unit: optional(unit), behind }, amountAsWhole), byLine, 1, 64)),
    term: optional(span), maximum: optional(span), consenting,
  }, oneOf("lines", "term", "maximum")),
  release_pledge: ordered({ pledge: pledgeId, lines: optional(distinct(part, byLine, 1, 64)) }),
};

const command = pattern(/^[a-z_]{1,64}$/, "a type of command");
const partiesAscending = ascending(partyId, numberOf, 1, 16);

const reliance = object({ position: integer(0), number: optional(plainText) });
const allocation = object({ line: burdenId, quantity: optional(quantitySigned), joint: optional(mark) }, (value, place) => {
  must((value.quantity === undefined) !== (value.joint === undefined), place, "a line has a quantity or is joint");
});

/// A correction is one of four: of class and attributes, of the quantity, of a dispute, of a line.
function correctionForm(body, place) {
  amountAsWhole(body, place);
  const particulars = body.class !== undefined || body.attributes !== undefined;
  const forms = [particulars, body.resolution !== undefined, body.quantity !== undefined];
  must(forms.filter(Boolean).length === 1, place, "a correction is one of four");
  must(body.line === undefined || body.quantity !== undefined, place, "a line is corrected to a quantity");
  must(body.relied === undefined || body.line !== undefined, place, "relied on is a line alone");
}

/// A question says nothing of the claim.
export function ofTheRight(body, place) {
  must(body.syndicate === undefined && body.green === undefined, place, "a question says nothing of the claim");
}

/// A question in written form (7.4), as it is recorded.
function questionForm(value, place) {
  object({ org: partyId, type: word("register_pledge"), body: (body, at) => must(isObject(body), at, "no object") })(value, place);
  BODIES.register_pledge(value.body, `${place}.body`);
  ofTheRight(value.body, place);
  for (const line of value.body.lines) if (line.quantity !== undefined) quantity(line.quantity, place);
  if (value.body.cap_cny !== undefined) quantity(value.body.cap_cny, place);
}

/// The canonical text of an answer, as it is recorded.
function answerText(value, place) {
  string(value, place);
  must(utf8(value).length <= ANSWER_BYTES_MAX, place, "an answer has at most 12,288 bytes");
  object({ admissible: boolean, findings: list(findingForm), law: integer(0) })(read(value, place), place);
}

/// Bodies of the commands that exist from law 2 on.
const BODIES_2 = {
  change_party: object({ party: partyId, name: plainText, document }),
  merge_parties: object({ absorbed: partiesAscending, into: partyId, document }),
  split_party: object({
    party: partyId, successors: partiesAscending, residual: optional(partyId), document,
    kinds: optional(ascending(object({ kind: name, party: partyId }), (item) => item.kind, 1, 16)),
  }),
  rotate_key: object({ party: partyId, old: hash, new: offered }),
  set_signing_rules: object({
    party: partyId, rules: optional(ascending(object({ command, threshold: integer(1, 5) }), (rule) => rule.command, 1, 64)),
    parts: optional(ascending(object({ kid: hash, part: word("maker", "checker") }), (item) => item.kid, 1, 128)),
  }),
  dispute_entries: object({ party: partyId, kid: hash, from: integer(0), document }),
  resolve_dispute: object({ party: partyId, dispute: integer(0), document }),
  recover_party: object({ party: partyId, keys: distinct(offered, (item) => item.key, 1, 16), document }),
  veto_recovery: object({ party: partyId }),
  complete_recovery: object({ party: partyId }),
  rotate_log_key: object({ key: publicKey, overlap_seconds: integer(3_600, 34_560_000), proof: signatureHex }),
  erase: object({
    of: (value, place) => (String(value).startsWith("M") ? partyId : pledgeId)(value, place),
    claims: ascending(shortName, (claim) => claim, 1, 16), document,
  }),
  change_freeze: object({
    right: rightId, freeze: freezeId, until: optional(day), quantity: optional(quantitySigned), unit: optional(unit),
    limit_cny: optional(yuanSigned), document,
  }, (body, place) => {
    amountAsWhole(body, place);
    oneOf("until", "quantity")(body, place);
    must(body.limit_cny === undefined || body.quantity !== undefined, place, "a limit goes with a quantity");
  }),
  execute_freeze: object({
    right: rightId, freeze: freezeId, quantity: optional(quantitySigned), unit: optional(unit), proceeds_cny: yuanSigned,
    buyer: optional(partyId), document,
  }, (body, place) => {
    amountAsWhole(body, place);
    must(body.quantity !== undefined || body.buyer !== undefined, place, "neither a quantity nor the buyer of ground");
  }),
  extend_right: object({ right: rightId, to: day, document }),
  change_rank: object({ right: rightId, from: list(burdenId, 2), to: list(burdenId, 2) }),
  substitute_collateral: object({
    pledge: pledgeId, drop: distinct(part, byLine, 1, 64), add: list(asked, 1, 64),
  }),
  assign_pledge: object({
    pledge: pledgeId, to: partyId, subrogation: optional(mark), part_cny: optional(yuanSigned), authority: optional(partyId), document,
  }),
  determine_claim: object({ pledge: pledgeId, authority: optional(partyId), document }),
  record_disposal: object({
    pledge: pledgeId, line: integer(0, 63), quantity: optional(quantitySigned), unit: optional(unit), proceeds_cny: yuanOrNoneSigned,
    authority: optional(partyId), buyer: optional(partyId), document,
  }, (value, place) => {
    extentAsWhole(value, place);
    must(value.authority !== undefined || micro(value.proceeds_cny) > 0n, place, "a sale by agreement brings something");
  }),
  record_verification: object({
    right: rightId, question: questionForm, answer: answerText, size: integer(0), root: hash, document,
  }, (body, place) => {
    must(body.question.body.lines.every((line) => line.right === body.right), place, "the question is about another right");
  }),
  object: object({ pledge: pledgeId, document, suit: optional(hash) }),
  withdraw_objection: ordered({ pledge: pledgeId, objection: integer(0) }),
  register_guarantee: object({ pledge: pledgeId, share_bp: integer(0, 10_000), of: optional(partyId), counter: optional(pledgeId), document }),
  register_buyout_commitment: object({ pledge: pledgeId, price_cny: yuanSigned, trigger: plainText, document }),
  record_external_registration: object({ pledge: pledgeId, ...externalMembers }),
  surrender_right: object({ right: rightId, ...amount, carve_out: optional(word("consent", "order")), document, consenting }),
  correct_right: object({
    right: rightId, document, consenting, class: optional(plainText), attributes: optional(attributes),
    quantity: optional(quantitySigned), unit: optional(unit), resolution: optional(mark), line: optional(burdenId),
    relied: optional(distinct(reliance, write, 1, 16)),
  }, correctionForm),
  transfer_right: object({
    right: rightId, to: partyId, succession: optional(mark), document, consenting, quantity: optional(quantitySigned),
    unit: optional(unit), identities: optional(distinct(identity, identityName, 1, 8)),
    lines: optional(distinct(allocation, byLine, 1, 64)),
  }, (body, place) => {
    amountAsWhole(body, place);
    const isPart = body.quantity !== undefined;
    must(isPart === (body.identities !== undefined), place, "a part has a quantity and identities, the whole neither");
    must(isPart || body.lines === undefined, place, "lines are named for a part alone");
  }),
  convert_right: object({
    right: rightId, years: optional(years), quantity: optional(quantitySigned), unit: optional(unit), document, consenting,
    into: object({
      kind, identities: distinct(identity, identityName, 1, 8), ...amount, span, class: optional(plainText),
    }),
  }, (body, place) => {
    amountAsWhole(body, place);
    must((body.years === undefined) !== (body.quantity === undefined), place, "years or a quantity are converted");
  }),
};

// ---------------------------------------------------------------------------------------------------------------------
// Payloads
// ---------------------------------------------------------------------------------------------------------------------

const signer = object({ org: partyId, role: word("maker", "checker") });
const versionOf = (value, place) => (String(value).startsWith("R") ? rightId : pledgeId)(value, place);

const attestation = object({ org: partyId, class: word("paper", "video"), document });

const payloadForm = object({
  aud: string, org: partyId, cmd: commandId, type: command, body: (value, place) => must(isObject(value), place, "no object"),
  signers: list(signer, 1, 32), iat: instantSigned, exp: instantSigned, expect: optional(map(versionOf, integer(0))),
  seen: optional(object({ index: integer(0), root: hash })), attested: optional(ascending(attestation, ({ org }) => numberOf(org), 1, 32)),
});

/// Members that bodies of law 1 have from law 2 on.
const LATER_MEMBERS = {
  freeze: ["order", "until", "limit_cny", "price_cny"], register_pledge: ["cap_cny", "maximum", "syndicate", "green"], amend_pledge: ["cap_cny", "green", "consenting"],
  extend_pledge: ["maximum", "consenting"], release_pledge: ["authority", "document"],
};

function hasLaterMembers(type, body) {
  const later = (LATER_MEMBERS[type] ?? []).some((member) => Object.hasOwn(body, member));
  const added = ["amend_pledge", "extend_pledge"].includes(type) && Array.isArray(body.lines);
  const isLater = (line) => Object.hasOwn(line, "behind") || (type === "extend_pledge" && Object.hasOwn(line, "quantity"));
  return later || (added && body.lines.some((line) => isObject(line) && isLater(line)));
}

/// Says whether the body of a type is read here.
export function isKnownType(type) {
  return Object.hasOwn(BODIES, type) || Object.hasOwn(BODIES_2, type);
}

export function bodyForm(type, body, place) {
  must(isKnownType(type), place, `no law has the type ${type}`);
  (BODIES[type] ?? BODIES_2[type])(body, place);
}

/// Reads the bytes of the payload of a command that was decided under a law.
export function readPayload(bytes, place, law) {
  const text = textOf(bytes);
  must(text !== null, place, "the payload is not UTF-8");
  const payload = read(text, place);
  payloadForm(payload, place);
  must(law >= 2 || Object.hasOwn(BODIES, payload.type), place, `law ${law} has no ${payload.type}`);
  must(law >= 2 || payload.attested === undefined, place, `law ${law} knows no attested consents`);
  must(law >= 2 || !hasLaterMembers(payload.type, payload.body), place, `law ${law} knows no such member`);
  bodyForm(payload.type, payload.body, `${place}.body`);
  const hasBothGrounds = payload.type === "issue_right" && payload.body.polygon !== undefined && payload.body.units !== undefined;
  must(law >= 2 || !hasBothGrounds, place, `under law ${law} a ground is a polygon or units`);
  signersForm(payload, place);
  return payload;
}

function signersForm(payload, place) {
  const rank = ({ org, role }) => 2 * numberOf(org) + (role === "checker" ? 1 : 0);
  const makers = new Map();
  payload.signers.forEach((item, at) => {
    must(at === 0 || rank(payload.signers[at - 1]) <= rank(item), place, "the signers do not ascend");
    makers.set(item.org, (makers.get(item.org) ?? 0) + (item.role === "maker" ? 1 : 0));
  });
  for (const [org, count] of makers) must(count === 1, place, `${org} has ${count} makers among the signers`);
  must(makers.has(payload.org), place, `${payload.org} is not among the signers`);
}

