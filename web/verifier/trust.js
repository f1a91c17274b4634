//! Trust policies (FORMATS 7.7): whose word a reader takes.

import { hex, utf8 } from "./bytes.js";
import { fail, must } from "./fault.js";
import { COSIGNER, LOG, readVerifierKey } from "./note.js";

const BYTES_MAX = 65_536;

/// Reads a trust policy.
export function readTrust(text) {
  must(utf8(text).length <= BYTES_MAX, "trust policy", "longer than 65,536 bytes");
  must(text === "" || text.endsWith("\n"), "trust policy", "the last line does not end with a line feed");
  must(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text), "trust policy", "a control character");
  const trust = { logs: [], witnesses: new Map(), groups: new Map(), quorum: undefined };
  const seen = { keys: new Set(), members: new Set() };
  text.split("\n").slice(0, -1).forEach((line, at) => {
    const words = line.split(/[ \t]+/).filter((part) => part !== "");
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
      trust.logs.push(readKey(rest[0], LOG, seen, place));
      break;
    }
    case "witness": {
      must(rest.length === 2 || rest.length === 3, place, "witness <name> <vkey> [url]");
      newName(trust, rest[0], place);
      trust.witnesses.set(rest[0], readKey(rest[1], COSIGNER, seen, place));
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

function readKey(text, type, seen, place) {
  const key = readVerifierKey(text, place);
  must(key.type === type, place, `a key of type ${type} is wanted`);
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
