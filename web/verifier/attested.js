//! Attested consents (FORMATS 2.4): the giver of a command says that a pledgor without keys consented, on paper or on video.
//!
//! It is the giver's statement, signed by the giver, and never the pledgor's signature.

import { policyAt } from "./givers.js";

/// What may be attested: the consent of the pledgor to these; what a court sells needs none.
const ATTESTABLE = new Set(["register_pledge", "amend_pledge", "extend_pledge", "substitute_collateral", "record_disposal"]);

/// The notes that the pledge gets of what the command attests.
export function notedBy(act) {
  return (act.payload.attested ?? []).map((item) => ({
    class: item.class, document: item.document, entry: act.index, party: item.org,
  }));
}

/// Checks what a command attests, and returns the parties whose signature it stands for.
export function attestedBy(act) {
  const { attested } = act.payload;
  if (attested === undefined) return new Set();
  const { type } = act.payload;
  act.must(ATTESTABLE.has(type) && !(type === "record_disposal" && act.org === "M0"), `no consent to ${type} can be attested`);
  const pledgor = type === "register_pledge" ? act.body.pledgor : act.record("pledge", act.body.pledge).pledgor;
  for (const item of attested) {
    act.must(item.org === act.acting(pledgor) && item.org !== act.org, `the consent of ${item.org} is not the pledgor's`);
    act.must(act.party(item.org).keys.length === 0, `${item.org} has held a key, and signs itself`);
    for (const kind of kindsOf(act)) {
      const known = policyAt(act, kind).consent?.attested ?? [];
      act.must(known.includes(item.class), `no consent on ${item.class} counts for the kind ${kind}`);
    }
  }
  return new Set(attested.map((item) => item.org));
}

/// The kinds that the pledge has lines on, of the rights that the file shows.
function kindsOf(act) {
  const own = act.payload.type === "register_pledge" ? [] : act.record("pledge", act.body.pledge).lines;
  const asked = [...(act.body.lines ?? []), ...(act.body.add ?? [])].filter((line) => line.right !== undefined);
  const kinds = [...own, ...asked].map((line) => act.before("right", line.right)?.kind);
  return new Set(kinds.filter((kind) => kind !== undefined));
}
