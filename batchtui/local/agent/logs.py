"""A node's logs on their way into a container."""

from collections.abc import Mapping

from azure.core.exceptions import AzureError, HttpResponseError

from batchtui.local.agent.containers import container
from batchtui.local.agent.patience import NotStorageError, reading_answers


class LogUploadError(Exception):
    """The container did not take the logs: a reason without the address, whose SAS is a secret."""


async def upload_logs(url: str, folder: str, logs: Mapping[str, str]) -> None:
    """Write each log as `folder/name` into the container at a SAS address.

    Raises `LogUploadError`.
    """
    try:
        async with container(url) as client:
            for name, text in logs.items():
                with reading_answers():
                    await client.upload_blob(f"{folder}/{name}", text.encode(), overwrite=True)
    except HttpResponseError as error:
        raise LogUploadError(f"The container answered {error.status_code}.") from None
    except NotStorageError as error:
        raise LogUploadError(f"{error}.") from None
    except (AzureError, ValueError) as error:
        raise LogUploadError(f"The container cannot be reached: {type(error).__name__}.") from None
