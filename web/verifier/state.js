//! The state tree (FORMATS 5): keys, values, histories, proofs of presence and absence.

import { digest, same, unhex, utf8 } from "./bytes.js";
import { must } from "./fault.js";
import { leaf, rootOf } from "./merkle.js";

const PLACEHOLDER = utf8("SPARSE_MERKLE_PLACEHOLDER_HASH__");
const LEAF = utf8("JMT::LeafNode");
const NODE = utf8("JMT::IntrnalNode");

export function stateKey(space, name) {
  return digest(`greenlien/state/v1|${space}|${name}`);
}

export function valueHash(text) {
  return digest("greenlien/value/v1|", text);
}

export function historyRoot(space, name, indices) {
  return rootOf(indices.map((index) => leaf(utf8(`greenlien/history/v1|${space}|${name}|${index}`))));
}

function bit(key, depth) {
  return (key[depth >> 3] >> (7 - (depth & 7))) & 1;
}

function commonBits(left, right) {
  let depth = 0;
  while (depth < 256 && bit(left, depth) === bit(right, depth)) depth += 1;
  return depth;
}

/// Verifies that a key has the value hash `expected`, or none where it is null.
export function verifyState(root, key, expected, proof, place) {
  const siblings = proof.siblings.map(unhex);
  const shown = proof.leaf && { key: unhex(proof.leaf.key), value: unhex(proof.leaf.value) };
  must(siblings.length <= 256, place, "the proof is too long");
  if (expected) {
    must(shown && same(shown.key, key) && same(shown.value, expected), place, "the proof is about another value");
  } else if (shown) {
    must(!same(shown.key, key), place, "the record is there");
    must(commonBits(shown.key, key) >= siblings.length, place, "the proof is about another place of the tree");
  }
  let hash = shown ? digest(LEAF, shown.key, shown.value) : PLACEHOLDER;
  let depth = siblings.length;
  for (const sibling of siblings) {
    depth -= 1;
    hash = bit(key, depth) ? digest(NODE, sibling, hash) : digest(NODE, hash, sibling);
  }
  must(same(hash, root), place, "the proof does not lead to the state root");
}

