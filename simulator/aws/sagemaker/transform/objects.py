"""One object of a transform's input: read, cut, asked, answered, written to `<output>/<name>.out`.

Source: developer guide, "Use batch transform": an object with a bad record gets no output, the other objects do; the
log lines are those that people quote in aws/sagemaker-tensorflow-serving-container issue 93.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.acting import Actor
from simulator.aws.sagemaker.jobs import Job, JobFailed, access_text, downloading
from simulator.aws.sagemaker.s3_objects import Source
from simulator.aws.sagemaker.transform import dialogue, records
from simulator.aws.sagemaker.transform.association import Association, NotAssociable
from simulator.aws.sagemaker.transform.data_log import DataLog
from simulator.aws.sagemaker.transform.together import together
from simulator.kernel.errors import CallerError

SEE_LOGS = "See job logs for more information"


class Transformer:
    """One instance, which transforms object after object; at most `limits.concurrent` requests are open at once."""

    def __init__(self, job: Job, work: str, actor: Actor, limits: dialogue.Limits, log: DataLog) -> None:
        self._job, self._work, self._actor, self._limits, self._log = job, work, actor, limits, log
        self._row = job.row
        self._association = Association.of(self._row)
        self._open = asyncio.Semaphore(limits.concurrent)

    @property
    def stopping(self) -> bool:
        """Whether the job is to end: then nothing more is asked or written."""
        return str(self._job.row["TransformJobStatus"]) == "Stopping"

    async def transform(self, source: Source) -> str:
        """Gives the FailureReason of an object that could not be transformed, else an empty text.

        Raises JobFailed where S3 does not let the job read or write.
        """
        if self.stopping:
            return ""
        try:
            answers = await self._answers(await self._read(source))
        except dialogue.Unanswered as error:
            await self._log.failed(source.uri, error.what, str(error))
            return f"{error.side}: {SEE_LOGS}"
        except NotAssociable as error:
            await self._log.failed(source.uri, "ClientError: DataProcessing", str(error))
            return f"ClientError: {SEE_LOGS}"
        except records.TooLarge:
            text = f"a record exceeds MaxPayloadInMB={self._limits.payload_mb}"
            await self._log.failed(source.uri, "ClientError: too large payload", text)
            return f"ClientError: {SEE_LOGS}"
        except (records.NotFramed, gzip.BadGzipFile, EOFError, zlib.error) as error:
            await self._log.failed(source.uri, "ClientError: unreadable input", type(error).__name__)
            return f"ClientError: {SEE_LOGS}"
        if not self.stopping:
            await self._write(source, answers)
        return ""

    async def _read(self, source: Source) -> bytes:
        with downloading("ClientError: Failed to download data. "):
            body = await storage.get(self._actor, source.uri)
        if self._row["TransformInput"].get("CompressionType", "None") == "Gzip":
            return await asyncio.to_thread(gzip.decompress, body)
        return body

    async def _answers(self, body: bytes) -> list[bytes]:
        """The output records of an object in the order of its records."""
        split, wanted = self._association.split, self._association
        originals = list(records.records(body, split))
        asked = [wanted.asked(record) for record in originals]
        batches = list(records.batches(asked, split, self._limits.strategy, self._limits.payload_mb))
        ends = list(accumulate(len(batch) for batch in batches))
        spans = [originals[end - len(b) : end] for end, b in zip(ends, batches, strict=True)]
        works = (self._batch(span, batch) for span, batch in zip(spans, batches, strict=True))
        found = await together(works, self._limits.concurrent)
        return [record for batch in found for record in batch]

    async def _batch(self, originals: Sequence[bytes], batch: Sequence[bytes]) -> list[bytes]:
        headers = {"content-type": self._association.content_type or "application/octet-stream"}
        if accept := self._row["TransformOutput"].get("Accept"):
            headers["accept"] = accept
        async with self._open:
            if self.stopping:
                return []
            body = records.payload(batch, self._association.split)
            answer = await dialogue.ask(self._job, self._work, headers, body)
        return self._association.answered(originals, answer, [self._identity() for _ in originals])

    def _identity(self) -> tuple[str, str]:
        """An inference id and the time at which the job started."""
        start = float(self._row.get("TransformStartTime") or self._row["CreationTime"])
        moment = datetime.fromtimestamp(start, UTC)
        return (
            self._job.kernel.ids.uuid() if self._association.identify else "",
            f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        )

    async def _write(self, source: Source, answers: Sequence[bytes]) -> None:
        target = self._row["TransformOutput"]
        content = records.assemble(answers, target.get("AssembleWith", "None"))
        uri = storage.join(target["S3OutputPath"], f"{source.relative}.out")
        await put(self._actor, uri, content, target.get("KmsKeyId", ""))


async def put(actor: Actor, uri: str, content: bytes, key: str) -> None:
    """Write one object, encrypted with `key` if there is one; raises JobFailed."""
    bucket, name = storage.split(uri)
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
    try:
        await actor.call("s3", "PutObject", {"Bucket": bucket, "Key": name, "Body": content, **encryption})
    except CallerError as error:
        raise JobFailed(f"ClientError: Failed to upload data. {access_text(error)}") from error
