"""Names that AWS makes up: no template spells one, and people can read them."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from review.assembly import read_assembly
from review.bad_input import BadInputError
from review.invented import is_spelled_in, shown, unknown, with_unknown_end

NAMES = (unknown("here-Key"), with_unknown_end("here-data"), unknown("dort-Schlüssel"))


@dataclass(frozen=True)
class Record:
    texts: tuple[str, ...]
    number: int


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("escaped", [False, True])
def test_a_template_that_spells_one_is_refused(
    name: str, escaped: bool, tmp_path: Path
) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
    file = tmp_path / "here.template.json"
    text = json.dumps({"Resources": {"Data": bucket}}, ensure_ascii=escaped)
    file.write_text(text, "utf-8")

    with pytest.raises(BadInputError, match=r"U\+FDD0"):
        read_assembly(file)


def test_an_escape_of_one_is_refused_as_well() -> None:
    assert is_spelled_in(r"\ufdd7\uFDD2")


def test_people_read_what_it_is_made_of() -> None:
    assert [shown(each) for each in NAMES] == [
        "here-Key",
        "here-data",
        "dort-Schlüssel",
    ]
    assert shown(f"{NAMES} and {json.dumps(NAMES)}") == (
        "('here-Key', 'here-data', 'dort-Schlüssel') and "
        '["here-Key", "here-data", "dort-Schlüssel"]'
    )


def test_every_text_of_a_record_is_shown() -> None:
    assert shown([Record(texts=NAMES[:1], number=1)]) == [Record(("here-Key",), 1)]


def test_other_text_stays_as_it_is() -> None:
    assert shown(r"Grüße \u00e9 \ufb01 -") == r"Grüße \u00e9 \ufb01 -"
