"""Results of checks: one printed line per check, and the exit code."""

import sys


class Checks:
    """Prints a line per check and remembers whether one failed."""

    def __init__(self):
        self.failed = 0
        self.passed = 0

    def expect(self, condition, name, figures=""):
        """Prints the result of one check; `figures` is what was measured or seen."""
        if condition:
            self.passed += 1
        else:
            self.failed += 1
        text = f"{'ok    ' if condition else 'FAILED'}  {name}"
        print(f"{text}: {figures}" if figures != "" else text, flush=True)
        return bool(condition)

    def exit(self):
        """Ends the program: exit code 1 if a check failed."""
        sys.exit(1 if self.failed else 0)
