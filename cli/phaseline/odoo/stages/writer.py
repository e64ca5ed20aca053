"""Writes a run of changes to Odoo in one transaction: one run of a server action of our own.

External ids are made in the same transaction as their records.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.odoo.external_ids import MODULE
from phaseline.odoo.retries import call_when_free
from phaseline.odoo.server_action import WRITE_PLAN, server_action

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phaseline.core.plan.encoding import ProgramStep
    from phaseline.odoo.port import Port
    from phaseline.odoo.server_action import ServerAction

CONTEXT = {
    "lang": "en_US",
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "no_reset_password": True,
}
PAUSES = (1.0, 3.0, 9.0)
NAMED = re.compile(r"phaseline\[([^\]]*)\]:\s*(.*)", re.DOTALL)
PROGRAM = """
work = env.context['phaseline_work']
room = env(context=work['context'])
made = {}

def resolve(value):
    if isinstance(value, dict):
        if '$ref' in value:
            record = made[value['$ref']]
            return record[value['path']].id if value['path'] else record.id
        if '$text' in value:
            return repr(resolve(value['$text']))
        if '$reference' in value:
            return '%s,%s' % (value['model'], resolve(value['$reference']))
        copied = {}
        for key in value:
            copied[key] = resolve(value[key])
        return copied
    if isinstance(value, list):
        listed = []
        for item in value:
            listed.append(resolve(item))
        return listed
    return value

def carry_out(step, refs, values, lines):
    model = room[step['model']]
    if step['do'] == 'create':
        complete = []
        for index in range(len(refs)):
            whole = resolve(values[index])
            for name in lines[index]:
                whole[name] = []
                for pair in lines[index][name]:
                    whole[name].append([0, 0, resolve(pair[1])])
            complete.append(whole)
        records = model.create(complete)
        for index in range(len(refs)):
            made[refs[index]] = records[index]
            for name in lines[index]:
                pairs = lines[index][name]
                new = records[index][name].sorted('id')[-len(pairs):]
                for number in range(len(pairs)):
                    made[pairs[number][0]] = new[number]
        return
    record = model.browse(step['id'])
    if step['do'] == 'link':
        made[refs[0]] = record
    if step['do'] == 'unlink':
        record.unlink()
    elif values[0]:
        record.write(resolve(values[0]))

def try_out(step, ref, values, lines):
    try:
        carry_out(step, [ref], [values], [lines])
        room.flush_all()
    except Exception as error:
        raise UserError('phaseline[%s]: %s' % (ref, error))

for step in work['steps']:
    if not work['careful']:
        carry_out(step, step['refs'], step['values'], step['lines'])
    else:
        for index in range(len(step['refs'])):
            try_out(step, step['refs'][index], step['values'][index], step['lines'][index])
data = room['ir.model.data']
data.search([('module', '=', work['module']), ('name', 'in', list(made))]).unlink()
data.create([
    {'module': work['module'], 'name': ref, 'model': made[ref]._name, 'res_id': made[ref].id,
     'noupdate': True}
    for ref in made
])
action = {'type': 'phaseline', 'made': len(made)}
""".strip()


@dataclass(frozen=True, slots=True)
class Writer:
    """Runs operations in Odoo, each run one transaction."""

    port: Port
    action: ServerAction

    def write(self, steps: Sequence[ProgramStep], places: dict[str, Place]) -> None:
        """Carry out the operations, all or none; a refusal names the record."""
        try:
            call_when_free(lambda: self.run(steps, careful=False), PAUSES)
        except PhaselineError as error:
            if error.faults[0].code not in {"O003", "O004", "O005", "O006"}:
                raise
            self.find_guilty(steps, places)

    def run(self, steps: Sequence[ProgramStep], *, careful: bool) -> None:
        """Run the program once."""
        data = [step.data() for step in steps]
        work = {"steps": data, "careful": careful, "module": MODULE, "context": CONTEXT}
        self.action.run(self.port, {"phaseline_work": work})

    def find_guilty(self, steps: Sequence[ProgramStep], places: dict[str, Place]) -> None:
        """Run the steps one by one, so that the refusal names the record and its place.

        Should they pass now, they are kept: the refusal was a passing one.
        """
        try:
            self.run(steps, careful=True)
        except PhaselineError as error:
            fault = error.faults[0]
            found = NAMED.search(fault.message)
            if found is None:
                raise
            ref, message = found[1], " ".join(found[2].split())
            named = Fault("O005", f"{ref}: {message}", places.get(ref), fault.hint)
            raise PhaselineError(named) from error


@contextmanager
def writing(port: Port) -> Iterator[Writer]:
    """Give a writer, whose server action is taken away afterwards."""
    with server_action(port, WRITE_PLAN, PROGRAM) as action:
        yield Writer(port, action)
