"""Blobs for the scripts: what each Python client puts in and takes out with azure-storage-blob."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

from azure.storage.blob import (
    BlobSasPermissions,
    BlobServiceClient,
    ContainerSasPermissions,
    generate_blob_sas,
    generate_container_sas,
)

LIFETIME = timedelta(hours=1)


class Storage:
    """The storage account of a connection's environment variables."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._account = environment["AZURE_STORAGE_ACCOUNT"]
        self._key = environment["AZURE_STORAGE_KEY"]
        self._service = BlobServiceClient.from_connection_string(
            environment["AZURE_STORAGE_CONNECTION_STRING"]
        )

    def __enter__(self) -> "Storage":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._service.close()

    def container(self, name: str, permission: ContainerSasPermissions) -> str:
        """Make a container: its URL with a SAS."""
        container = self._service.create_container(name)
        sas = generate_container_sas(
            self._account,
            name,
            account_key=self._key,
            permission=permission,
            expiry=datetime.now(UTC) + LIFETIME,
        )
        return f"{container.url}?{sas}"

    def upload(self, container: str, file: Path) -> str:
        """Put a file in: its blob's URL with a SAS to read it."""
        blob = self._service.get_blob_client(container, file.name)
        blob.upload_blob(file.read_bytes())
        sas = generate_blob_sas(
            self._account,
            container,
            file.name,
            account_key=self._key,
            permission=BlobSasPermissions(read=True),
            expiry=datetime.now(UTC) + LIFETIME,
        )
        return f"{blob.url}?{sas}"

    def download(self, container: str, folder: Path) -> None:
        """Take out all that a container holds, each blob under the last part of its name."""
        client = self._service.get_container_client(container)
        for name in client.list_blob_names():
            (folder / Path(name).name).write_bytes(client.download_blob(name).readall())

    def delete(self, *containers: str) -> None:
        for container in containers:
            self._service.delete_container(container)
