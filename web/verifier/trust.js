//! Trust policies (FORMATS 7.7): whose word a reader takes.

import { hex, textOf } from "./bytes.js";
import { fail, must } from "./fault.js";
import { COSIGNER, LOG, ML_DSA_COSIGNER, readVerifierKey } from "./note.js";

const BYTES_MAX = 65_536;
const [TAB, LINE_FEED, SPACE] = [0x09, 0x0a, 0x20];

/// The text of a word. Octets above 0x7f are opaque: where a word is not UTF-8, each becomes a character that no text has.
function wordOf(octets) {
  const text = textOf(octets);
  if (text !== null) return text;
  return octets.reduce((word, octet) => word + String.fromCharCode(octet < 0x80 ? octet : 0xdc00 + octet), "");
}

/// Divides octets at each one of these values.
function divide(octets, values) {
  const parts = [];
  let begin = 0;
  octets.forEach((octet, at) => {
    if (!values.includes(octet)) return;
    parts.push(octets.subarray(begin, at));
    begin = at + 1;
  });
  return [...parts, octets.subarray(begin)];
}

/// Reads a trust policy from its octets.
export function readTrust(octets) {
  must(octets.length <= BYTES_MAX, "trust policy", "longer than 65,536 bytes");
  must(octets.length === 0 || octets.at(-1) === LINE_FEED, "trust policy", "the last line does not end with a line feed");
  const isControl = (octet) => (octet < 0x20 && octet !== TAB && octet !== LINE_FEED) || octet === 0x7f;
  must(!octets.some(isControl), "trust policy", "a control character");
  const trust = { logs: [], witnesses: new Map(), groups: new Map(), quorum: undefined };
  const seen = { keys: new Set(), members: new Set() };
  divide(octets, [LINE_FEED]).slice(0, -1).forEach((line, at) => {
    const words = divide(line, [TAB, SPACE]).filter((part) => part.length > 0).map(wordOf);
    if (words.length > 0 && !words[0].startsWith("#")) readLine(trust, seen, words, `trust policy, line ${at + 1}`);
  });
  must(trust.quorum !== undefined, "trust policy", "there is no quorum line");
  return trust;
}

function readLine(trust, seen, words, place) {
  const [kind, ...rest] = words;
  switch (kind) {
    case "log": {
      must(rest.length === 1 || rest.length === 2, place, "log <vkey> [url]");
      trust.logs.push(readKey(rest[0], [LOG], seen, place));
      break;
    }
    case "witness": {
      must(rest.length === 2 || rest.length === 3, place, "witness <name> <vkey> [url]");
      newName(trust, rest[0], place);
      trust.witnesses.set(rest[0], readKey(rest[1], [COSIGNER, ML_DSA_COSIGNER], seen, place));
      break;
    }
    case "group": {
      must(rest.length >= 3, place, "group <name> <threshold> <member>...");
      const [name, threshold, ...members] = rest;
      newName(trust, name, place);
      for (const member of members) {
        must(trust.witnesses.has(member) || trust.groups.has(member), place, `${member} is not defined`);
        must(!seen.members.has(member), place, `${member} is in another group, or twice in this one`);
        seen.members.add(member);
      }
      trust.groups.set(name, { threshold: readThreshold(threshold, members.length, place), members });
      break;
    }
    case "quorum": {
      must(rest.length === 1 && trust.quorum === undefined, place, "one quorum with one name");
      must(rest[0] === "none" || trust.witnesses.has(rest[0]) || trust.groups.has(rest[0]), place,
        `${rest[0]} is not defined`);
      [trust.quorum] = rest;
      break;
    }
    default:
      fail(place, `${kind} is no word of a trust policy`);
  }
}

function readKey(text, types, seen, place) {
  const key = readVerifierKey(text, place);
  must(types.includes(key.type), place, `a key of type ${types.join(" or ")} is wanted`);
  const name = hex(key.key);
  must(!seen.keys.has(name), place, "a public key stands twice");
  seen.keys.add(name);
  return key;
}

function newName(trust, name, place) {
  must(name !== "none" && !trust.witnesses.has(name) && !trust.groups.has(name), place, `the name ${name} is taken`);
}

function readThreshold(text, count, place) {
  if (text === "all") return count;
  if (text === "any") return 1;
  must(/^[1-9][0-9]*$/.test(text) && Number(text) <= count, place, `the threshold ${text} is not from 1 to ${count}`);
  return Number(text);
}

/// Says whether the witnesses whose keys are in `signed` meet a witness or group by its name.
export function meets(trust, name, signed) {
  if (name === "none") return true;
  const witness = trust.witnesses.get(name);
  if (witness) return signed.has(hex(witness.key));
  const group = trust.groups.get(name);
  return group.members.filter((member) => meets(trust, member, signed)).length >= group.threshold;
}
