"""moto's whole state in one file, so that a restart need not repeat the journal from its beginning."""

from __future__ import annotations

import gc
import io
import os
import pickle
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any

import cloudpickle  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from moto.iam.models import AWSManagedPolicy

from simulator.aws.moto_application import aws_policy

_RLOCK, _LOCK = type(threading.RLock()), type(threading.Lock())
_PRIVATE_KEYS = (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)


def write(file: Path, sequence: int) -> None:
    """Write the state that holds every journal entry up to `sequence`; the file is replaced whole, mode 0600."""
    from moto.core.base_backend import BackendDict

    buffer = io.BytesIO()
    pickler = _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL)
    state = {
        backend.service_name: {account: dict(regions) for account, regions in backend.items()}
        for backend in BackendDict._instances  # noqa: SLF001  moto has no public list of what is in use
    }
    with _no_collection():
        pickler.dump((sequence, state))
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(buffer.getbuffer())
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def read(file: Path) -> int:
    """Put a written state back into moto; gives the sequence it holds, 0 when there is no file."""
    if not file.exists():
        return 0
    from moto.backends import get_backend

    with file.open("rb") as data, _no_collection():
        sequence, state = pickle.load(data)  # our own file, mode 0600
        gc.freeze()  # nor is it looked through later, with every full collection
    for service, accounts in state.items():
        backends: Any = get_backend(service)
        for account, regions in accounts.items():
            mine = backends[account]
            for region, backend in regions.items():
                dict.__setitem__(mine, region, backend)
    return int(sequence)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Nothing of a state is garbage while it is written or read; to look for some takes longer than all the rest."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Knows what moto's state holds that pickle does not: locks and private keys. AWS's own policies it only names."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, _RLOCK):
            return threading.RLock, ()
        if isinstance(value, _LOCK):
            return threading.Lock, ()
        if isinstance(value, AWSManagedPolicy):
            return aws_policy, (value.name, value.account_id, value.partition, value.attachment_count)
        if isinstance(value, defaultdict) and type(value) is not defaultdict:
            return _default_dict, (type(value), value.default_factory, dict(value), value.__dict__)
        if isinstance(value, dict) and isinstance(type(value).__setitem__, FunctionType):
            # What such a dict shows is not what it holds: S3's shows the newest version of a key and holds them all.
            held = (dict(dict.items(value)), getattr(value, "__dict__", {}))
            return dict.__new__, (type(value),), held, None, None, _fill
        if isinstance(value, _PRIVATE_KEYS):
            encoded = value.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            return _private_key, (encoded,)
        return super().reducer_override(value)


def _default_dict(kind: type[Any], factory: Any, items: dict[Any, Any], attributes: dict[str, Any]) -> Any:
    """A subclass of defaultdict whose `__init__` asks for more than pickle would give it."""
    made: Any = defaultdict.__new__(kind)
    defaultdict.__init__(made, factory, items)
    made.__dict__.update(attributes)
    return made


def _fill(made: Any, held: tuple[dict[Any, Any], dict[str, Any]]) -> None:
    """Put into a dict what it held, past its own way of setting items."""
    dict.update(made, held[0])
    made.__dict__.update(held[1])


def _private_key(encoded: bytes) -> Any:
    return serialization.load_pem_private_key(encoded, None)
