"""Prints where the collections of the roles are, for the linter; they are fetched when missing."""

from __future__ import annotations

import sys

from phaseline.files.paths import cache_dir
from phaseline.hosts.ansible.collections import ensure

if __name__ == "__main__":
    sys.stdout.write(f"{ensure(cache_dir())}\n")
