"""The checks of `phaseline env verify`: what is read on a host, and the pure judges of it."""
