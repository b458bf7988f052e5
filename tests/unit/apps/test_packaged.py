"""Files that the package ships or that an operator names."""

from pathlib import Path

import pytest

from pipeline.apps.packaged import packaged_path, read_party_list
from pipeline.domain.sanctions import PartyListError


def test_reads_a_list_of_parties_by_path(tmp_path: Path) -> None:
    """A file that is named is no sample, even if it is a copy of it."""
    path = tmp_path / "sdn.xml"
    path.write_bytes(packaged_path("deploy/sanctions-sample.xml", "sanctions-sample.xml").read_bytes())
    parties = read_party_list(path)
    assert (parties.is_sample, parties.entries) == (False, 3)


def test_says_that_a_list_can_not_be_read(tmp_path: Path) -> None:
    """The operator reads which file and why."""
    with pytest.raises(PartyListError, match=r"sdn\.xml can't be read: No such file"):
        read_party_list(tmp_path / "sdn.xml")
