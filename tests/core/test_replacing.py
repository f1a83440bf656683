"""Which blobs an upload would replace: all of them, however many there are."""

import pytest

from batchtui.core.replacing import FEW, replaced
from tests.fakes import FakeAccount, refused


@pytest.mark.fault("3.9")
async def test_no_container_is_too_full_to_be_asked_about() -> None:
    account = FakeAccount()
    account.storage.put("c", dict.fromkeys((f"{index:06}" for index in range(100_001)), b""))
    wanted = [f"{index}" for index in range(FEW)] + ["100000"]
    assert await replaced(account.storage, "c", wanted) == ("100000",)
    assert await replaced(account.storage, "c", ["100000", "x"]) == ("100000",)


async def test_a_refusal_is_no_answer() -> None:
    account = FakeAccount()
    account.storage.put("c")
    account.calls.fail("blob_state", refused("no", status=403))
    with pytest.raises(Exception, match="no"):
        await replaced(account.storage, "c", ["a"])
