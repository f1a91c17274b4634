"""What a command rests on beside records as they stood (FORMATS 7.2 `authority`): the versions that it expects, the policy
from which the layer and the source of a new right follow, and the reservation that it ends.
"""

from values import need

# Commands that name their pledge, or their right, in `expect` (2.4 and the acts that 2.6 marks).
_OF_PLEDGE = (
    "amend_pledge",
    "extend_pledge",
    "release_pledge",
    "assign_pledge",
    "substitute_collateral",
    "record_disposal",
)


def check_versions(signed, past):
    """Each version is the number of entries before this one in the history of the record."""
    kind, body, expected = signed.command["type"], signed.command["body"], signed.command.get("expect", {})
    wanted = body["pledge"] if kind in _OF_PLEDGE else body["right"] if kind == "change_rank" else None
    need(wanted is None or wanted in expected, f"`expect` does not name {wanted}")
    for name, version in expected.items():
        space = "pledge" if name.startswith("P") else "right"
        if past.has_history(space, name):
            stood = past.version(space, name, signed.index)
            need(version == stood, f"it expects version {version} of {name}, which had {stood}")
        elif (space, name) in past.records:
            most = past.sizes.get((space, name), 0)
            need(version <= most, f"it expects version {version} of {name}, which has {most} now")


def check_ended(event, past):
    """A reservation that an entry takes over or cancels stood on exactly these rights."""
    ended = event.get("reservation")
    if event["type"] == "reservation_cancelled":
        ended = {"id": event["reservation"], "rights": event["rights"]}
    if event["type"] in ("pledge_registered", "reservation_cancelled") and ended is not None:
        held = past.shown("pledge", ended["id"])
        need(held is not None, f"there is no record {ended['id']}")
        rights = sorted({line["right"] for line in held["lines"]}, key=lambda right: int(right[1:]))
        need(rights == ended["rights"], f"{ended['id']} did not stand on these rights")


def _follows(signed, right, first, facts):
    need(isinstance(right.get("kind"), str) and isinstance(first, str), "a new right has a kind and an identity")
    known = facts.policy(right["kind"], signed.time)
    policies = [known] if known else [policy for policy in facts.policies if policy.kind == right["kind"]]
    follows = any(
        policy.layer == right.get("layer") and policy.source_of(first) == right.get("source") for policy in policies
    )
    need(follows, "its layer and source are not those of the policy of its kind")


def check_issued(signed, event, facts):
    """The layer and the source of a new right are those of its policy, and its tolerated area is the sum of the overlaps."""
    made = f"right|R{signed.index}"
    new = next((change for change in event.get("changes", []) if change["of"] == made), None)
    if event["type"] == "right_issued":
        _follows(signed, event, event["identities"][0]["value"], facts)
    elif new is not None:
        named = (row for row in event.get("rows", []) if row["of"] == made and row["list"] == "identities")
        _follows(signed, new, next(named, {}).get("value", ""), facts)
        return
    else:
        return
    tolerated = sum(int(overlap["area2"]) for overlap in event.get("tolerated", []))
    need(tolerated == int(event.get("tolerated_area2", "0")), "its tolerated area is not the sum of the overlaps")
