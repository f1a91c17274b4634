"""The authority matrix of LAW.md: who gives each command, and whose consent it needs. FORMATS 2.4 says what the words mean.

It is data. `authority.py` knows what to do with it.
"""

REGISTRAR = "M0"

# Who gives a command.
REGISTRAR_GIVES = "the registrar"
ITSELF = "the party itself"
HEIR = "the party itself, or who acts in its place"
MEMBER = "any party of the quorum"
COMPETENT = "an authority with the duty of the kind"
ISSUER = "the issuer of the right"
COURT_OR_ISSUER = "the registrar for a court, or the issuer"
TAKER = "the party that takes the pledge"
PLEDGEE = "the pledgee of record"
PLEDGEE_OR_COURT = "the pledgee of record, or the registrar for a court"
IN_STACK = "a pledgee with a line in the stack"
ANYBODY = "any party"
GUARANTOR = "a guarantor"
CORRECTOR = "the issuer of the right, or the registrar for a line"
COMPETENT_INTO = "an authority with the duty of the kind that comes of it"

# Whose consent it needs, unless the giver is that party itself.
QUORUM = "the quorum of genesis"
CONCERNED = "the parties concerned that have ever held keys"
PLEDGOR = "the pledgor"
SELLER = "the pledgor, where it is sold by agreement"
PARTS = "the holders of parts of the claim that have ever held keys"
SENIORS = "the pledgees of the lines stood behind"
WORSENED = "the pledgees whose line gets worse"
NEW_PLEDGEE = "the new pledgee"
NAMED = "the parties that the command names as consenting"
PLEDGEE_CONSENTS = "the pledgee of record consents"
KEEPER = "the pledgee of record, while the pledge whose values they are is open"

MATRIX = {
    "admit_party": (REGISTRAR_GIVES, ()),
    "add_key": (ITSELF, ()),
    "revoke_key": (ITSELF, ()),
    "set_signing_policy": (ITSELF, ()),
    "rotate_key": (ITSELF, ()),
    "set_signing_rules": (ITSELF, ()),
    "dispute_entries": (HEIR, ()),
    "resolve_dispute": (REGISTRAR_GIVES, ()),
    "recover_party": (REGISTRAR_GIVES, (QUORUM,)),
    "veto_recovery": (ITSELF, ()),
    "complete_recovery": (REGISTRAR_GIVES, ()),
    "rotate_log_key": (REGISTRAR_GIVES, (QUORUM,)),
    "erase": (REGISTRAR_GIVES, (KEEPER,)),
    "change_party": (REGISTRAR_GIVES, (CONCERNED,)),
    "merge_parties": (REGISTRAR_GIVES, (CONCERNED,)),
    "split_party": (REGISTRAR_GIVES, (CONCERNED,)),
    "adopt_policy": (MEMBER, ()),  # whether its quorum was met is among what a file never proves (7.6)
    "issue_right": (COMPETENT, ()),
    "adjust_right": (ISSUER, ()),
    "extend_right": (ISSUER, ()),
    "correct_right": (CORRECTOR, (NAMED,)),
    "transfer_right": (ISSUER, (NAMED,)),
    "convert_right": (COMPETENT_INTO, (NAMED,)),
    "surrender_right": (ISSUER, (NAMED,)),
    "revoke_right": (ISSUER, ()),
    "freeze": (COURT_OR_ISSUER, ()),
    "change_freeze": (COURT_OR_ISSUER, ()),
    "execute_freeze": (COURT_OR_ISSUER, ()),
    "unfreeze": (COURT_OR_ISSUER, ()),
    "reserve": (TAKER, (PLEDGOR, SENIORS)),
    "cancel_reservation": (PLEDGEE, ()),
    "register_pledge": (TAKER, (PLEDGOR, SENIORS)),
    "amend_pledge": (PLEDGEE, (PLEDGOR, SENIORS, NAMED, PARTS)),
    "extend_pledge": (PLEDGEE, (PLEDGOR, SENIORS, NAMED)),
    "release_pledge": (PLEDGEE_OR_COURT, (PARTS,)),
    "change_rank": (IN_STACK, (WORSENED, PARTS)),
    "substitute_collateral": (PLEDGEE, (PLEDGOR, SENIORS, PARTS)),
    "assign_pledge": (PLEDGEE_OR_COURT, (NEW_PLEDGEE, PARTS)),
    "determine_claim": (PLEDGEE_OR_COURT, ()),
    "record_disposal": (PLEDGEE_OR_COURT, (SELLER, PARTS)),
    "object": (ANYBODY, ()),
    "withdraw_objection": (ANYBODY, ()),
    "register_guarantee": (GUARANTOR, (PLEDGEE_CONSENTS,)),
    "register_buyout_commitment": (GUARANTOR, (PLEDGEE_CONSENTS,)),
    "record_verification": (GUARANTOR, ()),
    "record_external_registration": (PLEDGEE, ()),
}

# What waits while a recovery of the party is open (2.4).
WAITS_FOR_RECOVERY = {
    "adjust_right",
    "amend_pledge",
    "assign_pledge",
    "cancel_reservation",
    "change_freeze",
    "change_rank",
    "convert_right",
    "correct_right",
    "erase",
    "execute_freeze",
    "record_disposal",
    "release_pledge",
    "revoke_right",
    "substitute_collateral",
    "surrender_right",
    "transfer_right",
    "unfreeze",
    "withdraw_objection",
}
