//! Checks one after another: each passes, fails at a place, or is not covered, and nothing after the first failure is looked at.

import { failed, Fault, Unknown } from "./fault.js";

/// Runs checks `[name, work, isNamed]`; yields what came of each and returns all, with the verdict where none failed. A check
/// whose `isNamed` says no is passed over.
export function* checked(run, steps, verdict) {
  const checks = [];
  for (const [name, work, isNamed] of steps) {
    if (isNamed && !isNamed()) continue;
    const check = { name, ...outcomeOf(work) };
    checks.push(check);
    yield check;
    if (check.outcome === "fail") return { ...run, checks, verdict: null };
  }
  return { ...run, checks, verdict: verdict(checks) };
}

function outcomeOf(work) {
  try {
    work();
    return { outcome: "pass" };
  } catch (fault) {
    if (fault instanceof Unknown) return { outcome: "not covered", message: fault.message };
    if (fault instanceof Fault) return failed(fault);
    throw fault;
  }
}
