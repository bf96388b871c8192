"""Prints a portal file with 5,000 people."""

import json
import sys

people = [
    {
        "ID": str(number),
        "EMAIL": f"person{number}@romashka.example",
        "NAME": "Имя",
        "LAST_NAME": f"Фамилия{number}",
        "UF_DEPARTMENT": [5],
        "ACTIVE": number % 10 != 0,
    }
    for number in range(1, 5001)
]
json.dump(
    {
        "format": "shtat-portal/1",
        "users": people,
        "departments": [
            {"ID": "1", "NAME": "Ромашка", "SORT": 500},
            {"ID": "5", "NAME": "Склад", "SORT": 500, "PARENT": "1"},
        ],
        "groups": [{"ID": "64", "NAME": "Проект Альфа", "OWNER_ID": "1", "IS_EXTRANET": "Y", "MEMBERS": [1]}],
    },
    sys.stdout,
    ensure_ascii=False,
)
