from __future__ import annotations

import pytest


def read(port, ids, *fields):
    return port.call("res.partner", "read", ids, fields=list(fields))


def test_created_records_come_back_in_the_order_of_their_values(port, partners):
    made = partners("One", "Two", "Three")
    assert [row["name"] for row in read(port, made, "name")] == ["One", "Two", "Three"]


def test_a_write_changes_the_named_records_and_nothing_else(port, partners):
    first, second = partners("First", "Second")
    assert port.call("res.partner", "write", [first], vals={"email": "a@b.example"}) is True
    assert [row["email"] for row in read(port, [first, second], "email")] == ["a@b.example", False]


def test_an_unlinked_record_is_no_longer_read(port, partners):
    gone, stays = partners("Gone", "Stays")
    assert port.call("res.partner", "unlink", [gone]) is True
    assert [row["id"] for row in read(port, [gone, stays], "name")] == [stays]


def test_a_many2one_reads_as_a_pair_or_as_an_id(port, partners):
    (parent,) = partners("Parent")
    (child,) = partners("Child", parent_id=parent)
    assert read(port, [child], "parent_id")[0]["parent_id"] == [parent, "Parent"]
    plain = port.call("res.partner", "read", [child], fields=["parent_id"], load=None)
    assert plain == [{"id": child, "parent_id": parent}]


@pytest.mark.parametrize(
    ("domain", "names"),
    [
        ([["name", "=", "Amber"]], ["Amber"]),
        ([["name", "!=", "Amber"]], ["Birch", "Cedar"]),
        ([["name", "in", ["Amber", "Cedar"]]], ["Amber", "Cedar"]),
        ([["name", "not in", ["Amber", "Cedar"]]], ["Birch"]),
        ([["name", "ilike", "bI"]], ["Birch"]),
        ([["name", "=like", "_edar"]], ["Cedar"]),
        ([["color", ">=", 2]], ["Birch", "Cedar"]),
        ([["color", "<", 2]], ["Amber"]),
        (["|", ["name", "=", "Amber"], ["color", "=", 3]], ["Amber", "Cedar"]),
        (["!", ["name", "=", "Amber"]], ["Birch", "Cedar"]),
        ([["parent_id.name", "=", "Amber"]], ["Birch"]),
        ([["parent_id", "=", False]], ["Amber", "Cedar"]),
        ([["child_ids.name", "=", "Birch"]], ["Amber"]),
        ([["email", "=", False]], ["Amber", "Birch", "Cedar"]),
    ],
)
def test_a_domain_finds_what_odoo_finds(port, partners, mark, domain, names):
    (amber,) = partners("Amber", color=1)
    partners("Birch", color=2, parent_id=amber)
    partners("Cedar", color=3)
    rows = port.call(
        "res.partner",
        "search_read",
        domain=[["ref", "=", mark], *domain],
        fields=["name"],
        order="name",
    )
    assert [row["name"] for row in rows] == names


def test_search_slices_counts_and_orders(port, partners, mark):
    made = partners(*(f"Row {number}" for number in range(5)))
    domain = [["ref", "=", mark]]
    found = port.call("res.partner", "search", domain=domain, order="id desc", limit=2, offset=1)
    assert found == [made[3], made[2]]
    assert port.call("res.partner", "search_count", domain=domain) == 5


def test_archived_records_hide_unless_asked_for(port, partners, mark):
    shown, hidden = partners("Shown", "Hidden")
    port.call("res.partner", "write", [hidden], vals={"active": False})
    domain = [["ref", "=", mark]]
    assert port.call("res.partner", "search", domain=domain) == [shown]
    every = port.call("res.partner", "search", domain=domain, context={"active_test": False})
    assert sorted(every) == [shown, hidden]


def test_x2many_commands_create_link_set_and_clear(port, partners, mark):
    commands = [[0, 0, {"name": f"{mark} a"}], [0, 0, {"name": f"{mark} b"}]]
    (one,) = partners("Tagged", category_id=commands)
    tags = sorted(read(port, [one], "category_id")[0]["category_id"])
    assert len(tags) == 2

    def after(*commands):
        port.call("res.partner", "write", [one], vals={"category_id": list(commands)})
        return sorted(read(port, [one], "category_id")[0]["category_id"])

    assert after([3, tags[0], 0]) == [tags[1]]
    assert after([4, tags[0], 0]) == tags
    assert after([6, 0, [tags[0]]]) == [tags[0]]
    assert after([5, 0, 0]) == []
    port.call("res.partner.category", "unlink", tags)


def test_one2many_lines_are_created_changed_and_removed_with_their_parent(port, partners):
    (parent,) = partners("Parent", child_ids=[[0, 0, {"name": "Line 1"}], [0, 0, {"name": "L 2"}]])
    lines = sorted(read(port, [parent], "child_ids")[0]["child_ids"])
    port.call(
        "res.partner",
        "write",
        [parent],
        vals={"child_ids": [[1, lines[0], {"name": "Line one"}], [2, lines[1], 0]]},
    )
    assert read(port, lines, "name") == [{"id": lines[0], "name": "Line one"}]


def test_fields_get_tells_types_relations_and_choices(port):
    told = port.call(
        "res.partner",
        "fields_get",
        allfields=["name", "parent_id", "child_ids", "type"],
        attributes=["type", "required", "relation", "relation_field", "selection"],
    )
    assert told["parent_id"]["relation"] == "res.partner"
    assert told["child_ids"]["relation_field"] == "parent_id"
    assert ["contact", "Contact"] in told["type"]["selection"]
    assert told["name"]["type"] == "char"


def test_external_ids_lead_to_their_records_and_go_with_them(port, partners, mark):
    (one,) = partners("Named")
    data = {"module": "phaseline_test", "name": mark, "model": "res.partner", "res_id": one}
    port.call("ir.model.data", "create", vals_list=[data])
    domain = [["module", "=", "phaseline_test"], ["name", "=", mark]]
    rows = port.call("ir.model.data", "search_read", domain=domain, fields=["model", "res_id"])
    assert [(row["model"], row["res_id"]) for row in rows] == [("res.partner", one)]
    port.call("res.partner", "unlink", [one])
    assert port.call("ir.model.data", "search_count", domain=domain) == 0


def test_an_external_id_is_given_once(port, partners, mark, refusal):
    first, second = partners("First", "Second")
    rows = [
        {"module": "phaseline_test", "name": mark, "model": "res.partner", "res_id": one}
        for one in (first, second)
    ]
    port.call("ir.model.data", "create", vals_list=rows[:1])
    assert refusal(port, "ir.model.data", "create", vals_list=rows[1:]).code == "O005"
    port.call("res.partner", "unlink", [first])


def test_a_change_moves_write_date_and_names_the_writer(port, partners):
    (one,) = partners("Dated")
    row = read(port, [one], "write_date", "write_uid")[0]
    assert row["write_uid"][0] == port.uid
    assert len(row["write_date"]) == len("2026-01-01 00:00:00")
