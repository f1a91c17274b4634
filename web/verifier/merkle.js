//! The tree of the log (FORMATS 4.1 to 4.3): inclusion, consistency, the root before the last leaf, the root of few leaves.

import { digest, same } from "./bytes.js";
import { must } from "./fault.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leaf(bytes) {
  return digest(LEAF, bytes);
}

export function node(left, right) {
  return digest(NODE, left, right);
}

/// Shifts without the 32 bits of `>>`.
function half(number) {
  return Math.floor(number / 2);
}

export function verifyInclusion(hash, index, size, proof, root, place) {
  must(index < size, place, `entry ${index} is not below the size ${size}`);
  let fn = index;
  let sn = size - 1;
  let result = hash;
  for (const sibling of proof) {
    must(sn !== 0, place, "the inclusion proof is too long");
    if (fn % 2 === 1 || fn === sn) {
      result = node(sibling, result);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      result = node(result, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  must(sn === 0 && same(result, root), place, "the inclusion proof does not lead to the root");
}

export function verifyConsistency(oldSize, newSize, oldRoot, newRoot, proof, place) {
  must(oldSize > 0 && oldSize <= newSize, place, `there is no proof from size ${oldSize} to ${newSize}`);
  if (oldSize === newSize) {
    must(proof.length === 0 && same(oldRoot, newRoot), place, "two trees of one size are not one tree");
    return;
  }
  must(proof.length > 0, place, "the consistency proof is empty");
  const isPower = Number.isInteger(Math.log2(oldSize)) && 2 ** Math.round(Math.log2(oldSize)) === oldSize;
  const path = isPower ? [oldRoot, ...proof] : proof;
  let fn = oldSize - 1;
  let sn = newSize - 1;
  while (fn % 2 === 1) {
    fn = half(fn);
    sn = half(sn);
  }
  let [oldResult] = path;
  let newResult = oldResult;
  for (const sibling of path.slice(1)) {
    must(sn !== 0, place, "the consistency proof is too long");
    if (fn % 2 === 1 || fn === sn) {
      oldResult = node(sibling, oldResult);
      newResult = node(sibling, newResult);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      newResult = node(newResult, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  must(sn === 0 && same(oldResult, oldRoot), place, "the consistency proof does not begin at the older root");
  must(same(newResult, newRoot), place, "the consistency proof does not lead to the root");
}

/// The root before the last leaf, from its proof of inclusion, which has been verified.
export function rootBeforeLast(size, proof, place) {
  let ones = 0;
  for (let rest = size - 1; rest > 0; rest = half(rest)) ones += rest % 2;
  must(proof.length === ones, place, `the proof of the last entry has ${proof.length} hashes instead of ${ones}`);
  if (proof.length === 0) return digest();
  return proof.slice(1).reduce((root, sibling) => node(sibling, root), proof[0]);
}

export function rootOf(leaves) {
  if (leaves.length === 0) return digest();
  if (leaves.length === 1) return leaves[0];
  const left = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return node(rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left)));
}
