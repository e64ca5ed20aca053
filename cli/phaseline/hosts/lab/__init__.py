"""The lab: Debian hosts on a bridge of this machine."""
