"""The check `signatures` of FORMATS 7.2: who signed a command, with which keys, and whether they were valid there."""

from commands import command
from forms import envelope
from past import is_valid
from values import instant_of, kid_of, need, verifies

FUTURE_SECONDS = 300


class Held:
    """A key of a party."""

    def __init__(self, party, key):
        self.party, self.kid, self.key = party, kid_of(key["key"]), key


class Parties:
    """The keys of the parties whose complete histories the file shows."""

    def __init__(self, records):
        self.keys = {}
        for name, record in sorted(records.items(), key=lambda item: int(item[0][1:])):
            for key in record["keys"]:
                self.keys.setdefault(kid_of(key["key"]), Held(name, key))


class Signed:
    """A command entry with its payload and verified signatures."""

    def __init__(self, entry, aud, parties):
        self.entry, self.index, self.time = entry, entry["index"], instant_of(entry["time"])
        payload, signatures = envelope(entry["command"])
        self.command = command(payload, entry["law"])
        self.held, self.roles = [], []
        for header, signing_input, signature in signatures:
            need(header["kid"] in parties.keys, f"the history of the owner of {header['kid']} is missing")
            held = parties.keys[header["kid"]]
            genuine = verifies(bytes.fromhex(held.key["key"]), signing_input, signature)
            need(genuine, f"a false signature by {header['kid']}")
            self.held.append(held)
            self.roles.append(header["role"])
        asked = sorted((signer["org"], signer["role"]) for signer in self.command["signers"])
        made = sorted((held.party, role) for held, role in zip(self.held, self.roles))
        need(made == asked, "the signatures are not those of `signers`")
        need(self.command["aud"] == aud, "a command for another register")
        need(instant_of(self.command["exp"]) > self.time, "the command has expired")
        need(instant_of(self.command["iat"]) <= self.time + FUTURE_SECONDS * 10**6, "the command is of the future")
        if self.is_accepted():
            self._check_keys()

    def is_accepted(self):
        return "accepted" in self.entry["outcome"]

    def event(self):
        return self.entry["outcome"]["accepted"]["event"]

    def signers(self):
        return {held.party for held in self.held}

    def of(self, party):
        """Returns the keys of a party that signed, each with its role."""
        return [(held, role) for held, role in zip(self.held, self.roles) if held.party == party]

    def _check_keys(self):
        persons = set()
        for held in self.held:
            need(is_valid(held.key, self.index), f"a key of {held.party} was not valid there")
            person = (held.party, held.key["person"])
            need(person not in persons, f"two keys of {held.party} are of one person")
            persons.add(person)
