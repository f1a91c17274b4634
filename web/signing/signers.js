//! Who has signed a draft, who is still to sign, and which key the register would not take. A draft names its signers by party and
//! part, and its signatures by key; whose key it is, the register says. What it does not say is never held against a key.

import { unhex } from "../verifier/bytes.js";
import { keyId, missing, withoutSignatures } from "./draft.js";

const CHECKERS_MAX = 3;
/// The commands with which a party could go round its own signing rules; each is held to the strictest of them (`domain/party.rs`).
const GUARDS_RULES = new Set(["add_key", "revoke_key", "rotate_key", "set_signing_policy", "set_signing_rules"]);

/// How many persons of a party sign a command of this type, by the rules in its record.
function thresholdOf({ threshold = 1, signing = [] }, type) {
  const rules = signing.filter(({ command }) => GUARDS_RULES.has(type) || command === type);
  return Math.max(threshold, ...rules.map((rule) => rule.threshold));
}

/// How a party signs a command of this type, as the pages that prepare one say it: the checkers that its rules want, and how many
/// persons hold valid keys, where the register says so.
export function signerOf(org, record, type) {
  const { keys } = record;
  const valid = keys?.filter(({ revoked }) => revoked === undefined);
  return { org, checkers: thresholdOf(record, type) - 1, persons: valid && new Set(valid.map(({ person }) => person)).size };
}

/// How many checkers may be asked for: never fewer than the rules want, and no more than there are persons with keys beside the
/// maker, where that is known.
export function checkersOf(least, persons = CHECKERS_MAX + 1) {
  const most = Math.max(least, Math.min(CHECKERS_MAX, persons - 1));
  return Array.from({ length: most - least + 1 }, (_, more) => String(least + more));
}

/// The owners of keys by key id, as `{org, person, ended, only}`, filled from the records of parties.
export class Owners {
  constructor() {
    this.byKey = new Map();
    /// Parties whose keys are all known.
    this.known = new Set();
    /// What the records of these parties say, for their rules.
    this.records = new Map();
  }

  /// Takes the keys of a party's record, those that were revoked too, since they may have signed before.
  take(org, record) {
    if (!Array.isArray(record?.keys)) return;
    this.known.add(org);
    this.records.set(org, record);
    const parts = new Map((record.parts ?? []).map(({ kid, part }) => [kid, part]));
    for (const { key, person, revoked } of record.keys) {
      const kid = keyId(unhex(key));
      this.byKey.set(kid, { org, person, ended: revoked !== undefined, only: parts.get(kid) });
    }
  }

  of(kid) {
    return this.byKey.get(kid);
  }

  /// The signers that are still to sign, or null where the owner of a signature that was made is not known.
  awaited(draft) {
    const left = [...draft.payload.signers];
    for (const { kid, role } of draft.made) {
      const owner = this.of(kid);
      const at = left.findIndex((signer) => signer.org === owner?.org && signer.role === role);
      if (at < 0) return null;
      left.splice(at, 1);
    }
    return left;
  }

  /// The parties of which a command names fewer signers than their rules want, as `{org, needed, named}`: whoever signs it, the
  /// register refuses it (5009).
  short({ payload }) {
    const orgs = [...new Set(payload.signers.map(({ org }) => org))].filter((org) => this.records.has(org));
    return orgs.map((org) => ({
      org, needed: thresholdOf(this.records.get(org), payload.type), named: payload.signers.filter((signer) => signer.org === org).length,
    })).filter(({ needed, named }) => named < needed);
  }

  /// Whether every party that is to sign is known with its keys.
  knowsAll({ payload }) {
    return payload.signers.every(({ org }) => this.known.has(org));
  }

  /// Why the register would not take a signature by this key in this part, as the name of a fault; nothing where it would, or
  /// where it does not say whose key it is.
  objection(draft, role, kid) {
    const { signers } = draft.payload;
    if (draft.made.some((made) => made.kid === kid)) return "has_signed";
    const owner = this.of(kid);
    if (owner === undefined) {
      if (this.knowsAll(draft)) return "strange_key";
      return missing(draft, role) > 0 ? undefined : "no_further";
    }
    if (!signers.some(({ org }) => org === owner.org)) return "other_party";
    if (owner.ended) return "key_ended";
    const others = draft.made.map((made) => this.of(made.kid));
    if (others.some((one) => one?.org === owner.org && one.person === owner.person)) return "same_person";
    const isOwn = (signer) => signer.org === owner.org && signer.role === role;
    if (!signers.some(isOwn) || (owner.only !== undefined && owner.only !== role)) return "other_part";
    const awaited = this.awaited(draft);
    const isOpen = awaited === null ? missing(draft, role) > 0 : awaited.some(isOwn);
    return isOpen ? undefined : "no_further";
  }

  /// The draft without signatures that no signer of it can have made; the same draft where there are none.
  proper(draft) {
    const left = [...draft.payload.signers];
    const strange = draft.made.filter(({ kid, role }) => {
      const owner = this.of(kid);
      if (owner === undefined) return this.knowsAll(draft);
      const at = left.findIndex((signer) => signer.org === owner.org && signer.role === role);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
    return strange.length === 0 ? draft : withoutSignatures(draft, strange.map(({ kid }) => kid));
  }
}

/// A moment as everywhere in the register: the time of China, by the day first.
export function shownTime(text) {
  const shifted = new Date(Date.parse(text) + 28_800_000);
  return `${shifted.toISOString().slice(0, 19).replace("T", " ")} +08:00`;
}
