"""What a command rests on beside records as they stood (FORMATS 7.2 `authority`): the versions that it expects, and the policy
from which the layer and the source of a new right follow.
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


def check_issued(signed, event, facts):
    """The layer and the source of a new right are those of its policy, and its tolerated area is the sum of the overlaps."""
    if event["type"] != "right_issued":
        return
    known = facts.policy(event["kind"], signed.time)
    policies = [known] if known else [policy for policy in facts.policies if policy.kind == event["kind"]]
    value = event["identities"][0]["value"]
    follows = any(
        policy.layer == event.get("layer") and policy.source_of(value) == event.get("source") for policy in policies
    )
    need(follows, "its layer and source are not those of the policy of its kind")
    tolerated = sum(int(overlap["area2"]) for overlap in event.get("tolerated", []))
    need(tolerated == int(event.get("tolerated_area2", "0")), "its tolerated area is not the sum of the overlaps")
