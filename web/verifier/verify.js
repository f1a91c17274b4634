//! What kind of file is it? Evidence, a certificate, a certificate in a PDF, a proof file or a fraud file, each to its checks.

import { attachment, isPdf } from "./attachment.js";
import { isCertificate, readCertificate, verifyCertificate } from "./certificate.js";
import { verification } from "./checks.js";
import { must } from "./fault.js";
import { readEvidence } from "./file.js";
import { isFraudFile, judgeFraud } from "./fraud.js";
import { isProofFile, verifyProofFile } from "./proof_file.js";

/// Verifies a file, one check after another; `trust.entry` has the bytes of the entry that a proof file is about.
export function* verificationOf(bytes, trust) {
  if (isProofFile(bytes) || trust.entry !== undefined) {
    must(trust.entry !== undefined, "file", "this is a proof file: give the entry that it is about, too");
    return yield* verifyProofFile(bytes, trust.entry, trust);
  }
  if (isPdf(bytes)) return yield* verifyCertificate(attachment(bytes), trust, true);
  if (isCertificate(bytes)) return yield* verifyCertificate(bytes, trust, false);
  if (isFraudFile(bytes)) return yield* judgeFraud(bytes, trust);
  return yield* verification(bytes, trust);
}

/// Verifies a file at once.
export function verify(bytes, trust) {
  const steps = verificationOf(bytes, trust);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/// Whether a file is of none of the forms that are read here, as a text, a picture or nothing at all.
export function isOther(bytes) {
  const first = bytes.find((byte) => byte !== 0x20 && byte !== 0x0A && byte !== 0x0D && byte !== 0x09);
  return first !== 0x7B && !isPdf(bytes) && !isProofFile(bytes);
}

/// The evidence files in a file that may be a certificate, as they were read.
export function evidenceIn(bytes) {
  const file = isPdf(bytes) ? attachment(bytes) : bytes;
  return isCertificate(file) ? readCertificate(file).files.map((part) => part.file) : [readEvidence(file)];
}
