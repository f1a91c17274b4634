"""What a shown record must be beside its members (FORMATS 5.4): as the commands that make it leave it."""

from forms import ROLES, identity_name
from values import credit_code, need, name as name_of


def check(record):
    """Refuses a record that no command makes."""
    if "roles" in record:
        _party(record)
    elif "burdens" in record:
        _right(record)
    elif "lines" in record:
        need(record["lines"], "lines are one or more")
    elif "rights" in record:
        rights = [item["right"] for item in record["rights"]]
        need(rights and _differ(rights), "rights are one or more, each once")
    elif "versions" in record:
        need(record["versions"], "versions are one or more")


def _ascend(items):
    return all(a < b for a, b in zip(items, items[1:]))


def _differ(items):
    return len(set(items)) == len(items)


def _party(party):
    ranks = [ROLES.index(role) for role in party["roles"]]
    need(ranks and _ascend(ranks), "roles are one or more in their order, each once")
    for duty in party["duties"]:
        name_of(duty)
    need(_ascend(party["duties"]), "duties ascend")
    thresholds = [party["threshold"]] + [rule["threshold"] for rule in party.get("signing", [])]
    need(all(1 <= threshold <= 5 for threshold in thresholds), "a threshold is 1 to 5")
    need(_differ([key["key"] for key in party["keys"]]), "a key twice")
    need(("name" in party) == ("credit_code" in party), "name and credit code go together")
    if "credit_code" in party:
        credit_code(party["credit_code"])
    else:
        need({"name", "resident_id"} <= set(party.get("hidden", {})), "without credit code, name and resident_id are hidden")
    need(_ascend([rule["command"] for rule in party.get("signing", [])]), "rules ascend by command")
    need(_ascend([part["kid"] for part in party.get("parts", [])]), "parts ascend by key")
    for list_of, one, other in (("recoveries", "end", "ended"), ("disputes", "resolved", "decision")):
        for item in party.get(list_of, []):
            need((one in item) == (other in item), f"{one} and {other} go together")


def _right(right):
    names = [identity_name(identity["scheme"], identity["value"]) for identity in right["identities"]]
    need(names and _differ(names), "identities are one or more, each once")
    need(_differ([burden["id"] for burden in right["burdens"]]), "a burden twice")
    need(_differ(right["succeeds"]), "a right twice in succeeds")
    if "steps" in right:
        need(right["steps"] and _ascend([step["from"] for step in right["steps"]]), "steps are one or more, ascending")
    need(_differ(right.get("cells", [])), "a cell twice")
    if "units" in right:
        need(right["units"] and _differ([unit["unit"] for unit in right["units"]]), "units are one or more, each once")
    need(("measure" in right) == ("layer" in right), "land has a layer, and nothing else does")
