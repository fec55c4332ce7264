"""The S3 store, with timeouts and within a worker's memory."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

MIB = 1024 * 1024


class PrivateS3Storage(S3Storage):
    """Nothing is public: every address is signed and expires."""

    def __init__(self, **options: Any) -> None:
        # Amazon's own addresses name the bucket in the host, or they would lead to its first
        # region; other stores are found by the path.
        style = "path" if options.get("endpoint_url") else "virtual"
        super().__init__(client_config=_client(style), **options)

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {
            "default_acl": None,
            "querystring_auth": True,
            # Names are chosen so that the same name means the same file.
            "file_overwrite": True,
            # Up to 32 MiB a file is sent as it is read. Of a larger one at most two parts are in
            # memory, and 16 MiB allow for files of 160 GB.
            "transfer_config": TransferConfig(
                multipart_threshold=32 * MIB, multipart_chunksize=16 * MIB, max_concurrency=2
            ),
        }

    def upload_address(self, name: str, *, content_type: str, size: int, seconds: int) -> str:
        """Signs the type and the length too, so that the store refuses any others."""
        parameters = {
            "Bucket": self.bucket_name,
            "Key": name,
            "ContentType": content_type,
            "ContentLength": size,
        }
        client = self.connection.meta.client
        return str(client.generate_presigned_url("put_object", parameters, ExpiresIn=seconds))

    def stream(self, name: str) -> Any:
        """A file to be read and closed, of which no more is in memory than was read."""
        try:
            return self.bucket.Object(name).get()["Body"]
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
                raise FileNotFoundError(name) from error
            raise


def _client(addressing_style: str) -> Config:
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": addressing_style},
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 3},
        # Several stores that speak S3 don't know the newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
