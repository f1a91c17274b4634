"""The determination period of a maximum amount, and its cap (FORMATS 6.7): until the claims are determined both may grow, the
period with whoever stands behind the pledge.
"""

from capacity import is_freeze
from fold import counts_at
from values import burden_of, civil_day, day_of, need, quantity_of


def check_longer(act, body, before):
    """Checks a longer period, as far as the file shows the pledge and who stands behind it."""
    if before is not None:
        need(_is_open(before, act.signed.time), "there are no open claims of a maximum amount")
        (first, end), (begins, ends) = _days(before["maximum"]), _days(body["maximum"])
        need(begins <= first and end <= ends and (begins, ends) != (first, end), "the determination period does not get longer")
    named = {act.past.acting(name, act.index) for name in body.get("consenting", [])} | {act.signed.command["org"]}
    for name in act.past.rights_under(act.pledge, act.index):
        for junior in _juniors(act, act.past.before("right", name, act.index)):
            need(junior in named, f"{junior}, who stands behind it, has not consented")


def check_cap(act, asked, before):
    """A cap is raised while claims may arise."""
    if before is None or "maximum" not in before:
        return
    present = sum(quantity_of(cap["amount"]) for cap in before.get("caps", []))
    need(asked <= present or _is_open(before, act.signed.time), "the cap is raised after the claims are determined")


def _juniors(act, right):
    """Who acts for the creditors of the lines and reservations behind the pledge, where the file shows their records."""
    now, today = act.signed.time, civil_day(act.signed.time)
    standing = {burden["id"] for burden in right["burdens"] if counts_at(burden, now)}
    for burden in right["burdens"]:
        over = "quantity" in burden and "from" in burden and day_of(burden["to"]) <= today
        seniors = [senior for senior in burden.get("behind", []) if senior in standing]
        is_behind = any(burden_of(senior)[1] == act.pledge for senior in seniors)
        owner = burden_of(burden["id"])[1]
        if is_behind and counts_at(burden, now) and not is_freeze(burden) and not over and act.past.records.get(("pledge", owner)) is not None:
            yield act.past.acting(act.past.pledgee(owner, act.index), act.index)


def _is_open(pledge, time):
    return "maximum" in pledge and "determined" not in pledge and civil_day(time) < _days(pledge["maximum"])[1]


def _days(span):
    return day_of(span["from"]), day_of(span["to"])
