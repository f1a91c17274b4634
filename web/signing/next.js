//! What is still to be done once a command is registered: the steps that this register knows of, each with where it is done.
//!
//! Separate from the page, which only shows them. Nothing here is law: another register may want more, or nothing.

import { element } from "../verifier/dom.js";

function step(text, address, link) {
  return element("li", {}, text, address ? [": ", element("a", { href: address }, link)] : undefined);
}

function stepsOf(words, { type, body }, receipt) {
  const keep = step(words.nextKeep);
  const elsewhere = (record, text) => step(text, `/acts/record_external_registration?record=${record}`, words.nextElsewhereDo);
  const certificate = (right) => step(words.nextCertificate, `/certificates?right=${right}`, words.nextCertificateDo);
  const first = body.lines?.[0]?.right;
  switch (type) {
    case "register_pledge":
      return [keep, elsewhere(receipt.created, words.nextElsewhere), certificate(first)];
    case "release_pledge":
      return [keep, elsewhere(body.pledge, words.nextElsewhereOver)];
    case "reserve":
      return [keep, step(words.nextTake, `/acts/register_pledge?right0=${first}&reservation=${receipt.created}`, words.nextTakeDo)];
    case "issue_right":
      return [keep, certificate(receipt.created)];
    default:
      return [];
  }
}

/// The steps, as a list below what was registered; nothing where there are none.
export function nextParts(words, payload, receipt) {
  const steps = typeof receipt.created === "string" || payload.type === "release_pledge" ? stepsOf(words, payload, receipt) : [];
  return steps.length === 0 ? [] : [element("h3", {}, words.nextHead), element("ol", { id: "next-steps" }, steps)];
}
