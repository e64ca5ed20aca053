"""`python -m phaseline` is the same as `phaseline`."""

from phaseline.commands.main import main

main()
