//! What a verifier throws: a failure of a check with its place, or that something is beyond what it knows.
//!
//! Separate, so that a slip of the program (any other error) is never taken for a fault of the file.

/// The file is wrong, at a place that a person can look up.
export class Fault extends Error {
  constructor(place, message) {
    super(place ? `${place}: ${message}` : message);
    this.place = place;
    this.text = message;
  }
}

/// A failed check: the message for who reads FORMATS, and its parts for who reads a sentence.
export function failed({ message, place, text }) {
  return { outcome: "fail", message, place, text };
}

/// The verifier does not know enough to say yes or no.
export class Unknown extends Error {}

/// Ends the check that is being made.
export function fail(place, message) {
  throw new Fault(place, message);
}

/// Ends the check unless it is so.
export function must(holds, place, message) {
  if (!holds) fail(place, message);
}
