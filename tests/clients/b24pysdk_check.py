"""b24pysdk, the vendor's own library, unchanged, against the imitated portal."""

import sys
from urllib.parse import urlsplit

from b24pysdk import BitrixWebhook, Client
from b24pysdk.errors import BitrixAPIBadRequest, BitrixAPIInvalidCredentials
from requests.adapters import HTTPAdapter

url = urlsplit(sys.argv[1])
_, _, user, secret, _ = url.path.split("/")
send = HTTPAdapter.send


def plain(self, request, **options):
    """The library knows https alone; the imitated portal speaks http on loopback."""
    request.url = request.url.replace("https://", "http://", 1)
    return send(self, request, **options)


HTTPAdapter.send = plain


def client(key):
    return Client(BitrixWebhook(domain=url.netloc, webhook_token=f"{user}/{key}"))


def check_reading(portal):
    users = portal.user.get(filter={"ACTIVE": True}).as_list().response.result
    assert len(users) == 4500, len(users)
    fast = list(portal.user.get(filter={}).as_list_fast(descending=True).response.result)
    assert len(fast) == 5000 and int(fast[0]["ID"]) > int(fast[-1]["ID"])


def check_writing(portal):
    fields = {"EMAIL": "new@romashka.example", "NAME": "Анна", "UF_DEPARTMENT": [5]}
    number = portal.user.add(fields=fields).response.result
    assert isinstance(number, int)
    assert portal.user.update(fields={"ID": number, "ACTIVE": False}).response.result is True
    user = portal.user.get(filter={"ID": number}).response.result[0]
    assert user["ACTIVE"] is False and user["UF_DEPARTMENT"] == [5], user
    department = portal.department.add(name="Участок", parent=5).response.result
    row = portal.department.get(bitrix_id=department).response.result[0]
    assert row["PARENT"] == "5", row


def check_batch(portal):
    answer = portal.call_batch({"who": portal.profile(), "fields": portal.user.fields()}).response
    assert answer.result.result["who"]["ID"] == "1", answer


def check_errors(portal):
    try:
        portal.user.add(fields={"EMAIL": "nobody"}).response
    except BitrixAPIBadRequest as error:
        assert error.error == "ERROR_ARGUMENT", error
    else:
        raise AssertionError("a wrong address was accepted")
    try:
        client("wrong").profile().response
    except BitrixAPIInvalidCredentials as error:
        assert error.status_code == 401, error
    else:
        raise AssertionError("a wrong secret was accepted")


portal = client(secret)
assert portal.profile().response.value.admin is True
check_reading(portal)
check_writing(portal)
check_batch(portal)
check_errors(portal)
print("b24pysdk: good")
