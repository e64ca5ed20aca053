"""Collects one kind of metrics of this host: `collectors sites|odoo|database`; run by a timer.

The folder of a kind keeps what was counted so far and the file that node_exporter reads.
"""

import sys

import databases
import odoo_journal
import site_logs
import textfile

KINDS = {"sites": site_logs.take, "odoo": odoo_journal.take, "database": databases.take}

kind = sys.argv[1]
folder = textfile.folder(kind)
state = textfile.load(folder)
lines = KINDS[kind](state)
textfile.save(folder, kind, state, lines)
