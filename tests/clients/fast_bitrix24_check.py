"""fast_bitrix24, unchanged, against the imitated portal: reading, adding, updating, batch, errors."""

import sys

from fast_bitrix24 import Bitrix

PEOPLE = 5000


def email(number):
    return f"person{number}@romashka.example"


def check_reading(portal):
    users = portal.get_all("user.get", {"ADMIN_MODE": True})
    ids = [int(user["ID"]) for user in users]
    assert len(ids) == len(set(ids)) == PEOPLE, len(ids)
    active = portal.get_all("user.get", {"FILTER": {"ACTIVE": "N"}, "ADMIN_MODE": True})
    assert active and all(user["ACTIVE"] is False for user in active)
    some = portal.get_by_ID("user.get", [2, 3, 4], ID_field_name="ID")
    assert sorted(some) == ["2", "3", "4"] or sorted(some) == [2, 3, 4], some


def check_adding(portal):
    new = [
        {"EMAIL": email(90000 + number), "NAME": "Анна", "LAST_NAME": "Орлова & К", "UF_DEPARTMENT": [5], "XML_ID": f"1c:{number}"}
        for number in range(120)
    ]
    ids = portal.call("user.add", new)
    assert len(set(ids)) == 120 and all(isinstance(number, int) for number in ids), ids
    found = portal.get_all("user.get", {"FILTER": {"XML_ID": "1c:7"}, "ADMIN_MODE": True})
    assert [user["LAST_NAME"] for user in found] == ["Орлова & К"], found
    return ids


def check_updating(portal, ids):
    done = portal.call("user.update", [{"ID": number, "WORK_POSITION": "Кладовщик", "UF_DEPARTMENT": [1, 5]} for number in ids])
    assert list(done) == [True] * len(ids), done
    user = portal.call("user.get", {"ID": ids[0]}, raw=True)["result"][0]
    assert user["WORK_POSITION"] == "Кладовщик" and user["UF_DEPARTMENT"] == [1, 5], user


def check_batch(portal):
    answers = portal.call_batch({
        "halt": 0,
        "cmd": {"who": "profile", "departments": "department.get?sort=ID&order=ASC"},
    })
    assert answers["who"]["ID"] == "1", answers
    assert [row["ID"] for row in answers["departments"]] == ["1", "5"], answers


def check_errors(portal):
    for method, params in [
        ("user.add", [{"EMAIL": "nobody", "UF_DEPARTMENT": [1]}]),
        ("user.add", [{"EMAIL": email(2), "UF_DEPARTMENT": [1]}]),
    ]:
        try:
            portal.call(method, params)
        except Exception as error:
            assert "ERROR_ARGUMENT" in str(error), error
        else:
            raise AssertionError(f"{method} {params} was accepted")


def main():
    portal = Bitrix(sys.argv[1], verbose=False)
    check_reading(portal)
    ids = check_adding(portal)
    check_updating(portal, ids)
    check_batch(portal)
    check_errors(portal)
    print("fast_bitrix24: good")


main()
