"""Finding customers by beginnings of words. Order and speed: see also `test_search_speed`."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.db import connection

from backend.common.tenancy import tenant_scope
from backend.crm.models import Customer, CustomerTerm
from backend.crm.tests.conftest import make, rows
from backend.crm.tests.test_customers_list import walk

GUESTS = [
    {"name": "Maria Rossi", "email": "m.rossi84@example.com", "phone": "+39 055 0123456"},
    {"name": "Mario Anna Verdi", "company": "Trattoria Rosa"},
    {"name": "Rosa Marini"},
    {"name": "Hans-Peter Müller-Lüdenscheidt", "phone": "089 / 555 0199"},
    {"name": "Jörg Mueller", "email": "joerg@weingut-mueller.example"},
    {"name": "Siobhán O'Brien", "phone": "0044 20 7946 0958"},
    {"name": "ŁUKASZ Żółć"},
    {"name": "Søren Æbelø"},
    {"name": "山田 太郎"},
    {"name": "Юлия Йорданова"},
    {"name": "Ὀδυσσεύς Παπαδόπουλος"},
    {"name": "Niamh Byrne", "phone": "+353 (0)1 555 0123"},
    {"name": "St.John Smythe-Strauß"},
]


@pytest.fixture
def guests(aurora, bluefin):
    for guest in GUESTS:
        make(aurora, **guest)
        make(bluefin, **guest | {"name": guest["name"] + " of Blue Fin"})
    return aurora


def found(house, q: str, more: str = "") -> list[str]:
    response = house.app.get(f"crm/customers/?q={quote(q)}{more}")
    assert response.status_code == 200, response.content
    return sorted(row["name"] for row in response.json()["results"])


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("maria", ["Maria Rossi"]),
        ("MAR", ["Maria Rossi", "Mario Anna Verdi", "Rosa Marini"]),
        ("ross", ["Maria Rossi"]),
        ("maria rossi", ["Maria Rossi"]),
        ("rossi maria", ["Maria Rossi"]),
        ("ros mar", ["Maria Rossi", "Mario Anna Verdi", "Rosa Marini"]),
        ("mar ros", ["Maria Rossi", "Mario Anna Verdi", "Rosa Marini"]),
        ("m r", ["Maria Rossi", "Mario Anna Verdi", "Rosa Marini"]),
        ("maria verdi", []),
        ("anna mario verdi", ["Mario Anna Verdi"]),
        ("verdi anna trattoria rosa", ["Mario Anna Verdi"]),
        ("verdi anna rossi", []),
        ("ma maria", ["Maria Rossi"]),
        ("trattoria", ["Mario Anna Verdi"]),
        ("m.rossi84@example.com", ["Maria Rossi"]),
        ("M.Rossi84@", ["Maria Rossi"]),
        ("Maria Rossi <m.rossi84@example.com>", ["Maria Rossi"]),
        ("m.rossi", ["Maria Rossi"]),
        ("rossi84", ["Maria Rossi"]),
        ("@weingut", ["Jörg Mueller"]),
        ("weingut-mueller.example", ["Jörg Mueller"]),
        ("+39 055 012", ["Maria Rossi"]),
        ("0039055012", ["Maria Rossi"]),
        ("055 0123", ["Maria Rossi"]),
        ("55012", ["Maria Rossi"]),
        ("+49 89 5550199", ["Hans-Peter Müller-Lüdenscheidt"]),
        ("+49 (0)89 555-0199", ["Hans-Peter Müller-Lüdenscheidt"]),
        ("020 7946", ["Siobhán O'Brien"]),
        ("müller", ["Hans-Peter Müller-Lüdenscheidt", "Jörg Mueller"]),
        ("mueller", ["Hans-Peter Müller-Lüdenscheidt", "Jörg Mueller"]),
        ("muller", ["Hans-Peter Müller-Lüdenscheidt", "Jörg Mueller"]),
        ("lüdenscheidt-müller", ["Hans-Peter Müller-Lüdenscheidt"]),
        ("hans luden", ["Hans-Peter Müller-Lüdenscheidt"]),
        ("O'Brien", ["Siobhán O'Brien"]),
        ("O’Brien", ["Siobhán O'Brien"]),
        ("obrien siobhan", ["Siobhán O'Brien"]),
        ("brien", ["Siobhán O'Brien"]),
        ("łukasz", ["ŁUKASZ Żółć"]),
        ("lukasz zolc", ["ŁUKASZ Żółć"]),
        ("soren aebel", ["Søren Æbelø"]),
        ("soeren", ["Søren Æbelø"]),
        ("山田", ["山田 太郎"]),
        ("太郎 山", ["山田 太郎"]),
        ("юлия", ["Юлия Йорданова"]),
        ("ЙОРДАН", ["Юлия Йорданова"]),
        ("οδυσσευς", ["Ὀδυσσεύς Παπαδόπουλος"]),
        ("ΠΑΠΑΔΟΠΟΥΛΟΣ", ["Ὀδυσσεύς Παπαδόπουλος"]),
        ("strauss", ["St.John Smythe-Strauß"]),
        ("STRAUẞ", ["St.John Smythe-Strauß"]),
        ("st.john", ["St.John Smythe-Strauß"]),
        ("john st", ["St.John Smythe-Strauß"]),
        ("+353 1 555", ["Niamh Byrne"]),
        ("01 5550", ["Niamh Byrne"]),
        ("aria", []),
        ("xyzzy", []),
    ],
)
def test_finds(guests, q, expected):
    assert found(guests, q) == expected


@pytest.mark.parametrize(
    "q",
    [
        "%",
        "_",
        "%%_\\",
        "\\",
        "'",
        '"',
        "';--",
        "...",
        "@",
        "+",
        "()",
        "😀",
        "👩‍👩‍👧",
        "\u200b",
        "-",
        "|",
    ],
)
def test_what_no_name_contains_finds_nobody(guests, q):
    assert found(guests, q) == []


@pytest.mark.parametrize(
    "q",
    [
        "a" * 200,
        "a " * 99,
        "é" * 200,
        "\u0301" * 200,
        "ﷺ" * 200,
        "1" * 200,
        "a@" * 100,
        "\U0010ffff",
    ],
)
def test_hostile_queries_are_answered(guests, q):
    found(guests, q)


def test_spaces_alone_are_no_query(guests):
    assert len(found(guests, "   ")) == len(GUESTS)


def test_two_queries_whatever_is_found(guests, crm_queries):
    assert len(crm_queries(lambda: found(guests, "maria"))) == 2
    assert len(crm_queries(lambda: found(guests, "m"))) == 2
    assert len(crm_queries(lambda: found(guests, "xyzzy"))) == 1


def test_each_match_comes_once_on_one_page_however_many_words_match(aurora, bluefin):
    expected = []
    for number in range(9):
        name = f"Mara{number} Marta Marina"
        make(aurora, name, email=f"mara.marta{number}@example.com")
        make(bluefin, name)
        expected.append(name)

    for q in ("mar", "mar mart", "marta", "mara"):
        there, back = walk(aurora.app, f"crm/customers/?q={quote(q)}&limit=2")
        assert sorted(there) == expected, q
        assert back == there[: len(back)]
        assert len(back) == 8


def test_matches_come_in_the_order_of_what_matched(aurora):
    for name in ("Zeno Maas", "Anna Mayer", "Mabel Zorn"):
        make(aurora, name)
    page = aurora.app.get("crm/customers/?q=ma&order=-name").json()
    assert [row["name"] for row in page["results"]] == ["Zeno Maas", "Mabel Zorn", "Anna Mayer"]


def test_a_search_within_a_tag(aurora, bluefin):
    make(aurora, "Maria Rossi", tags=["VIP"])
    make(aurora, "Mario Rossi", tags=["Press"])
    make(aurora, "Anna Verdi", tags=["VIP"])
    make(bluefin, "Marina Rossi", tags=["VIP"])
    assert found(aurora, "ma", "&tag=vip") == ["Maria Rossi"]
    assert found(aurora, "ma ros", "&tag=vip") == ["Maria Rossi"]
    assert found(aurora, "ma", "&tag=unknown") == []


def test_pages_within_a_tag(aurora):
    for number in range(7):
        make(aurora, f"Mara{number} Marta", tags=["VIP"] if number % 2 else [])
    there, back = walk(aurora.app, "crm/customers/?q=mar&tag=VIP&limit=1")
    assert there == ["Mara1 Marta", "Mara3 Marta", "Mara5 Marta"]
    assert back == there[:2]


def test_changes_are_found_at_once(aurora):
    customer = make(aurora, "Maria Rossi", phone="055 1234", company="Acme")

    with tenant_scope(aurora.tenant.id):
        Customer.objects.filter(pk=customer.pk).update(name="Carla Bianchi", phone="", company="")

    assert found(aurora, "carla bia") == ["Carla Bianchi"]
    assert [found(aurora, q) for q in ("maria", "rossi", "0551234", "acme")] == [[], [], [], []]


def test_erased_deleted_and_merged_customers_are_not_found(aurora):
    erased, deleted, merged, kept = (make(aurora, f"Maria {n}") for n in "abcd")
    aurora.app.post(f"crm/customers/{erased.id}/erasure/", {})
    aurora.app.delete(f"crm/customers/{deleted.id}/", if_match='"1"')
    aurora.app.post(f"crm/customers/{kept.id}/merges/", {"duplicate_id": str(merged.id)})
    assert found(aurora, "maria") == ["Maria d"]
    assert found(aurora, "erased") == []
    assert {row.customer_id for row in CustomerTerm.objects.all()} == {kept.id}


def test_bulk_inserts_are_found(aurora):
    with tenant_scope(aurora.tenant.id):
        Customer.objects.bulk_create(
            Customer(tenant_id=aurora.tenant.id, name=f"Bulk Guest{n}") for n in range(5)
        )
    assert len(found(aurora, "guest bulk")) == 5


def test_the_longest_names_can_be_stored_and_found(aurora):
    for name in ("ﷺ" * 200, "a " * 99 + "b", "x" * 200, "\U0001f600" * 200, "ß" * 200):
        make(aurora, name, company=name)
    assert len(rows(aurora)) == 5
    assert found(aurora, "x" * 200) == ["x" * 200]


def test_terms_can_neither_be_read_nor_written_by_members(aurora):
    make(aurora)
    for statement in (
        "SELECT term FROM crm_customerterm",
        "DELETE FROM crm_customerterm",
        "INSERT INTO crm_customerterm VALUES (NULL, 'x', NULL)",
    ):
        with (
            pytest.raises(Exception, match="permission denied for table crm_customerterm"),
            tenant_scope(aurora.tenant.id),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_search_knows_no_tenant_outside_a_scope(aurora):
    make(aurora)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM crm_search('maria', NULL, NULL, NULL, false, 10)")
        assert cursor.fetchone() == (0,)
