"""What the storage service knows of a container or a blob, as a document.

The names are those of the service's headers, written as Batch writes its own; what a thing does
not have is left out.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from azure.storage.blob import BlobProperties, ContainerProperties

from batchtui.core.things import Document


def of_container(name: str, url: str, found: ContainerProperties) -> Document:
    """`url` without a signature."""
    scope = found.encryption_scope
    return _there(
        {
            "name": name,
            "url": url,
            "etag": found.etag,
            "lastModified": found.last_modified,
            "publicAccess": found.public_access or "none",
            "lease": _lease(found),
            "hasImmutabilityPolicy": found.has_immutability_policy,
            "hasLegalHold": found.has_legal_hold,
            "defaultEncryptionScope": scope.default_encryption_scope if scope else None,
            "metadata": _pairs(found.metadata),
        }
    )


def of_blob(name: str, url: str, found: BlobProperties) -> Document:
    """`url` without a signature."""
    content, copy = found.content_settings, found.copy
    return _there(
        {
            "name": name,
            "url": url,
            "etag": found.etag,
            "creationTime": found.creation_time,
            "lastModified": found.last_modified,
            "lastAccessTime": found.last_accessed_on,
            "contentLength": found.size,
            "contentType": content.content_type,
            "contentEncoding": content.content_encoding,
            "contentLanguage": content.content_language,
            "contentDisposition": content.content_disposition,
            "cacheControl": content.cache_control,
            "contentMD5": content.content_md5,
            "blobType": found.blob_type,
            "accessTier": found.blob_tier,
            "accessTierInferred": found.blob_tier_inferred,
            "accessTierChangeTime": found.blob_tier_change_time,
            "archiveStatus": found.archive_status,
            "versionId": found.version_id,
            "tagCount": found.tag_count,
            "lease": _lease(found),
            "copy": {
                "id": copy.id,
                "status": copy.status,
                "statusDescription": copy.status_description,
                "source": copy.source,
                "progress": copy.progress,
                "completionTime": copy.completion_time,
            },
            "serverEncrypted": found.server_encrypted,
            "encryptionScope": found.encryption_scope,
            "hasLegalHold": found.has_legal_hold,
            "metadata": _pairs(found.metadata),
        }
    )


def _lease(found: ContainerProperties | BlobProperties) -> dict[str, Any]:
    lease = found.lease
    return {"status": lease.status, "state": lease.state, "duration": lease.duration}


def _pairs(metadata: Mapping[str, str] | None) -> list[dict[str, str]]:
    """As Batch has the metadata of its own things."""
    return [{"name": name, "value": value} for name, value in (metadata or {}).items()]


def _there(document: Mapping[str, Any]) -> dict[str, Any]:
    """Without what has no value; times and bytes as the service writes them."""
    plain: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, Mapping):
            value = _there(value)
        elif isinstance(value, bytes | bytearray):
            value = b64encode(value).decode()
        elif isinstance(value, datetime):
            value = value.isoformat().replace("+00:00", "Z")
        elif isinstance(value, str):
            value = str(getattr(value, "value", value))
        if value not in (None, "", {}, []):
            plain[name] = value
    return plain
