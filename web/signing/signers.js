//! Who has signed a draft and who is still to sign. What the register says of keys is for information only: a draft names its
//! signers by party and part, and its signatures by key; nothing here decides what may be signed or submitted.

import { unhex } from "../verifier/bytes.js";
import { keyId } from "./draft.js";

/// The owners of keys by key id, as `{org, person}`, filled from the records of parties.
export class Owners {
  constructor() {
    this.byKey = new Map();
  }

  /// Takes the keys of a party's record, those that were revoked too, since they may have signed before.
  take(org, record) {
    for (const { key, person } of record?.keys ?? []) this.byKey.set(keyId(unhex(key)), { org, person });
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
}

/// A moment as everywhere in the register: the time of China, by the day first.
export function shownTime(text) {
  const shifted = new Date(Date.parse(text) + 28_800_000);
  return `${shifted.toISOString().slice(0, 19).replace("T", " ")} +08:00`;
}
