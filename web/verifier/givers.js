//! Who gives each command, and whose consent it needs besides (FORMATS 2.4, LAW.md): by name, at the entry's position.

import { ownerOf } from "./events.js";
import { isOpen, isWithin } from "./fold.js";
import { rankRule } from "./policies.js";
import { micros, numberOf } from "./values.js";

const OPEN = () => true;

function registrar(act) {
  return act.org === act.acting("M0");
}

function itself(act) {
  return act.org === act.acting(act.body.party ?? act.event.party);
}

function issuer(act) {
  const right = act.record("right", act.body.right);
  return act.org === act.acting(right.issuer, right.kind);
}

function pledgee(act) {
  return act.org === act.acting(act.pledgeeOf(act.body.pledge ?? act.body.reservation));
}

function guarantor(act) {
  return act.party(act.org).roles.includes("guarantor");
}

/// A court signs nothing, so its record is seldom in the file; where it is, it must be one.
function isCourt(act, id) {
  const party = act.before("party", id);
  return party === undefined || party.roles.includes("court");
}

/// The registrar, and nobody else, names a court.
export function basisHolds(act) {
  const { authority } = act.body;
  const isForCourt = act.org === "M0";
  act.must((authority !== undefined) === isForCourt, "the registrar enters what a court that it names has ordered, and nobody else");
  const court = isForCourt ? act.run.records.get(`party|${authority}`)?.record : undefined;
  act.must(court === undefined || court.roles.includes("court"), `${authority} is no court`);
}

function hasDuty(act) {
  const { roles, duties } = act.party(act.org);
  const kind = act.body.kind ?? act.body.into.kind;
  const texts = act.run.policies.get(kind) ?? [];
  act.must(texts.length > 0, `no policy of the kind ${kind} is shown`);
  const isCompetent = roles.includes("authority") && texts.some((policy) => duties.includes(policy.issuer.duty));
  return isCompetent && act.acting(act.org, kind) === act.org;
}

function freezes(act) {
  const { authority } = act.body;
  if (registrar(act) && isCourt(act, authority)) return true;
  return act.org === act.acting(authority) && issuer(act);
}

/// Who ordered a freeze changes, executes and lifts it.
function ordered(act) {
  const { burdens, kind } = act.record("right", act.body.right);
  const freeze = burdens.find((burden) => burden.id === act.body.freeze);
  act.must(freeze, `${act.body.freeze} does not stand on ${act.body.right}`);
  return act.org === act.acting(freeze.authority, kind) || (registrar(act) && isCourt(act, freeze.authority));
}

function inStack(act) {
  return act.body.from.some((id) => act.org === act.acting(act.pledgeeOf(ownerOf(id))));
}

// ---------------------------------------------------------------------------------------------------------------------
// Consents
// ---------------------------------------------------------------------------------------------------------------------

function pledgorOfBody(act) {
  return [act.acting(act.body.pledgor), ...stoodBehind(act, act.body.lines, act.body.form)];
}

function pledgorOfRecord(act) {
  const { pledgor, form } = act.record("pledge", act.body.pledge);
  return [act.acting(pledgor), ...stoodBehind(act, act.body.lines ?? act.body.add ?? [], form)];
}

/// Pledgees of the lines that new lines stand behind, where the policy in force asks for their consent, or one that the line stood
/// under did.
function stoodBehind(act, lines, form) {
  const consents = [];
  const reserved = act.body.reservation === undefined ? [] : act.record("pledge", act.body.reservation).lines;
  for (const line of lines) {
    if (line.behind === undefined) continue;
    const right = line.right ?? act.record("pledge", act.body.pledge).lines[line.line]?.right;
    const policy = policyAt(act, act.record("right", right).kind);
    const ranks = (text) => rankRule(text, form ?? policy.form);
    if (ranks(policy) === undefined) continue;
    const hasBeenOpen = (id) => act.law === 1 || policiesSince(act, policy.kind, id).every((text) => ranks(text) === "ranked");
    const isOpen = (id) => ranks(policy) === "ranked" && hasBeenOpen(id);
    const given = new Set(reserved.filter((held) => fits(line, held)).flatMap((held) => held.behind ?? []));
    for (const id of line.behind) if (!given.has(id) && !isOpen(id)) consents.push(act.acting(act.pledgeeOf(ownerOf(id))));
  }
  return consents;
}

/// Whether a line asks for no more than a reserved one, and for no other days: then who let that one in has agreed to it.
function fits(line, held) {
  const years = line.years && { from: `${line.years[0]}-01-01`, to: `${line.years[1] + 1}-01-01` };
  return line.right === held.right && isWithin({ ...line, ...years }, held);
}

/// The version of a kind's policy in force at the entry's time, before the entry.
export function policyAt(act, kind) {
  act.must(act.hasHistory("policy", kind), `the policy of the kind ${kind} is not shown with its history`);
  const versions = act.before("policy", kind)?.versions ?? [];
  const version = versions.findLast((item) => micros(item.active_from) <= micros(act.time));
  const policy = (act.run.policies.get(kind) ?? []).find((text) => text.digest === version?.digest);
  act.must(policy, `the policy of the kind ${kind} in force is not shown`);
  return policy;
}

/// The versions of a kind's policy in force by the entry's time, but for those that others had followed before a burden was
/// registered: what came later opens nothing for it.
function policiesSince(act, kind, burden) {
  const { versions } = act.before("policy", kind);
  const entry = numberOf(ownerOf(burden));
  const known = versions.filter((item) => item.entry < entry).length;
  const since = versions.slice(Math.max(0, known - 1)).filter((item) => micros(item.active_from) <= micros(act.time));
  return since.map(({ digest }) => {
    const policy = (act.run.policies.get(kind) ?? []).find((text) => text.digest === digest);
    act.must(policy, `a policy of the kind ${kind} is not shown`);
    return policy;
  });
}

function concerned(...members) {
  return (act) => signing(act, members.flatMap((member) => act.body[member] ?? [])).map((id) => act.acting(id));
}

/// Those for whom nobody else signs: they have not ended, and have held a key by then, be it valid or not.
export function signing(act, parties) {
  return parties.filter((id) => {
    const { ended, keys } = act.party(id);
    return !(ended?.entry < act.index) && keys.some((key) => key.added < act.index);
  });
}

/// Pledgees of lines that come after one that they came before.
function getsWorse(act) {
  const { from, to } = act.body;
  const worse = from.filter((id, at) => from.slice(at + 1).some((other) => to.indexOf(other) < to.indexOf(id)));
  const pledges = worse.map(ownerOf);
  return [...pledges.map((id) => act.acting(act.pledgeeOf(id))), ...holdersOfParts(act, pledges)];
}

/// The parties that the payload names as those who consent.
function named(act) {
  return (act.body.consenting ?? []).map((party) => act.acting(party));
}

/// The pledgor of record, and present holders of the rights.
function andNamed(act) {
  return [...pledgorOfRecord(act), ...named(act)];
}

/// Whoever holds the pledge whose values are erased, while it is open.
function ofErased(act) {
  const { of } = act.body;
  if (!of.startsWith("P")) return [];
  const stands = act.record("pledge", of).lines.some((line) => isOpen(line, act.time));
  return stands ? [act.acting(act.pledgeeOf(of))] : [];
}

/// Who holds a part of a claim that gives something up, where it has ever held keys; what the registrar enters for a court asks nobody.
function holdersOfParts(act, pledges = [act.body.pledge]) {
  if (registrar(act)) return [];
  const records = pledges.map((name) => act.record("pledge", name));
  const parts = records.flatMap(({ parts: held }) => held ?? []).filter(({ entry }) => entry < act.index);
  const shares = records.flatMap(({ syndicate }) => syndicate ?? []);
  return signing(act, [...parts, ...shares].map(({ party }) => act.acting(party)));
}

/// Who gives what is sold by agreement; nobody where a court sells.
function seller(act) {
  return registrar(act) ? [] : [act.acting(act.record("pledge", act.body.pledge).pledgor)];
}

/// Who becomes pledgee, and of the whole claim those for whom it is held.
function assigned(act) {
  return [act.acting(act.body.to), ...(act.body.part_cny === undefined ? holdersOfParts(act) : [])];
}

const ofPledgee = (act) => [act.acting(act.pledgeeOf(act.body.pledge))];

/// Of each command: who gives it; whose consent it needs; or that the quorum of the genesis must have signed.
export const GIVERS = {
  admit_party: [registrar], add_key: [itself], revoke_key: [itself], set_signing_policy: [itself],
  // Whether `adopt_policy` had its quorum is not checked (7.6).
  adopt_policy: [OPEN, undefined, "others may sign"],
  issue_right: [hasDuty], adjust_right: [issuer], revoke_right: [issuer], freeze: [freezes], unfreeze: [ordered],
  reserve: [OPEN, pledgorOfBody], register_pledge: [OPEN, pledgorOfBody],
  amend_pledge: [pledgee, (act) => [...andNamed(act), ...holdersOfParts(act)]], extend_pledge: [pledgee, andNamed],
  release_pledge: [(act) => (act.body.authority === undefined ? pledgee(act) : registrar(act)), (act) => holdersOfParts(act)], cancel_reservation: [pledgee],
  rotate_key: [itself], set_signing_rules: [itself], dispute_entries: [itself], veto_recovery: [itself],
  resolve_dispute: [registrar], complete_recovery: [registrar],
  recover_party: [registrar, undefined, "quorum"], rotate_log_key: [registrar, undefined, "quorum"],
  change_party: [registrar, concerned("party")], merge_parties: [registrar, concerned("absorbed", "into")],
  split_party: [registrar, concerned("party", "successors")],
  erase: [registrar, ofErased], change_freeze: [ordered], execute_freeze: [ordered],
  surrender_right: [issuer, named], transfer_right: [issuer, named], convert_right: [hasDuty, named],
  correct_right: [(act) => (act.body.line === undefined ? issuer(act) : registrar(act)), named],
  extend_right: [issuer], change_rank: [inStack, getsWorse],
  substitute_collateral: [pledgee, (act) => [...pledgorOfRecord(act), ...holdersOfParts(act)]], assign_pledge: [(act) => pledgee(act) || registrar(act), assigned],
  determine_claim: [(act) => pledgee(act) || registrar(act)],
  record_disposal: [(act) => pledgee(act) || registrar(act), (act) => [...seller(act), ...holdersOfParts(act)]],
  object: [OPEN], withdraw_objection: [OPEN],
  register_guarantee: [guarantor, ofPledgee], register_buyout_commitment: [guarantor, ofPledgee],
  record_verification: [guarantor], record_external_registration: [pledgee],
};
