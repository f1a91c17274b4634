//! The drafts that this browser keeps until they are decided, end, or are thrown away. The register keeps only what is put
//! into its inbox. A draft holds the hidden values that its signers must see, so they lie in this browser too.

import { parseDraft } from "./draft.js";

const STORE = "drafts";

/// Drafts that are kept; the oldest make room.
const DRAFTS_MAX = 100;

function settled(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

async function store(mode) {
  const opening = indexedDB.open("greenlien-drafts", 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(STORE, { keyPath: "cmd" }));
  const base = await settled(opening);
  return base.transaction(STORE, mode).objectStore(STORE);
}

/// Does something with the store; a browser that keeps nothing, such as in a private window, gives what is said instead.
async function where(mode, act, otherwise) {
  try {
    return await settled(act(await store(mode)));
  } catch {
    return otherwise;
  }
}

/// Keeps a draft, in the place of an earlier state of it.
export function keepDraft(draft, text, now) {
  return where("readwrite", (drafts) => drafts.put({ cmd: draft.payload.cmd, text, at: now }));
}

export function dropDraft(cmd) {
  return where("readwrite", (drafts) => drafts.delete(cmd));
}

/// The drafts for this register that have not ended, newest first; the others are thrown away.
export async function keptDrafts(aud, now) {
  const rows = await where("readonly", (drafts) => drafts.getAll(), []);
  rows.sort((left, right) => right.at - left.at);
  const kept = [];
  for (const { cmd, text } of rows) {
    let draft = null;
    try {
      draft = parseDraft(new TextEncoder().encode(text));
    } catch {
      draft = null;
    }
    if (draft && draft.payload.aud !== aud) continue;
    if (draft && Date.parse(draft.payload.exp) > now && kept.length < DRAFTS_MAX) kept.push(draft);
    else await dropDraft(cmd);
  }
  return kept;
}
