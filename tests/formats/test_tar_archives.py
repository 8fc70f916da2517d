"""Archives from outside cannot write outside, whichever Python opens them."""

import io
import tarfile

import pytest

from simulator.formats.tar_archives import extract


def archive(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarFile:
    """An archive of one member that holds `text` if it is a file."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        member.size = 4 if kind == tarfile.REGTYPE else 0
        made.addfile(member, io.BytesIO(b"text") if member.size else None)
    return tarfile.open(fileobj=io.BytesIO(buffer.getvalue()))


@pytest.fixture(params=["this Python", "a Python without the filter"])
def _python(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "a Python without the filter":
        monkeypatch.delattr(tarfile, "data_filter", raising=False)


@pytest.mark.usefixtures("_python")
# The replaced Python still says that its successor would filter by default.
@pytest.mark.filterwarnings("ignore:Python 3.14 will:DeprecationWarning")
class TestExtract:
    def test_a_file_lands_below_the_directory(self, tmp_path):
        extract(archive("code/train.py"), tmp_path)
        assert (tmp_path / "code" / "train.py").read_text() == "text"

    @pytest.mark.parametrize(
        ("name", "kind", "link"),
        [
            ("../escaped", tarfile.REGTYPE, ""),
            ("code/../../escaped", tarfile.REGTYPE, ""),
            ("link", tarfile.SYMTYPE, "/etc/passwd"),
            ("link", tarfile.SYMTYPE, "../../outside"),
            ("pipe", tarfile.FIFOTYPE, ""),
        ],
    )
    def test_what_would_leave_or_is_no_data_is_refused(self, tmp_path, name, kind, link):
        inside = tmp_path / "inside"
        with pytest.raises(tarfile.TarError):
            extract(archive(name, kind, link), inside)
        assert not (tmp_path / "escaped").exists()
