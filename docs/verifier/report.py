"""What came of a file: named checks in their order, each with its result and words. It ends at the first that fails."""

from values import Fault


class Report:
    """The checks of one file, while they are made and afterwards."""

    def __init__(self):
        self.checks, self.name = [], None

    def run(self):
        """Makes the checks; the last one is the first that failed."""
        try:
            self._run()
        except (Fault, RecursionError) as fault:
            self.checks.append((self.name, "fail", str(fault)))
        return self

    def passed(self, what=""):
        self.checks.append((self.name, "pass", what))

    def not_covered(self, what):
        self.checks.append((self.name, "not covered", what))

    def failure(self):
        return next((name for name, result, _ in self.checks if result == "fail"), None)

    def names(self, result):
        """Returns the names of the checks that ended so."""
        return {name for name, ended, _ in self.checks if ended == result}

    def verdict(self):
        """Returns what the file as a whole is good for, None where there is no verdict."""
        return None if self.failure() else "recorded"

    def to_json(self):
        checks = [{"name": name, "result": result, "text": text} for name, result, text in self.checks]
        verdict = self.verdict()
        return {"checks": checks, "valid": self.failure() is None, **({"verdict": verdict} if verdict else {})}
