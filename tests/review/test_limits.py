"""Which limits of a declaration allow more than another's."""

import pytest

from review.declared import Limits


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        (None, {"a"}, []),
        ({"a", "b"}, {"a"}, []),
        ({"a"}, {"a", "b"}, ["registries"]),
        ({"a"}, None, ["registries"]),
    ],
)
def test_registries_are_wider_where_one_more_is_allowed(
    old: set[str] | None, new: set[str] | None, names: list[str]
) -> None:
    one, other = (
        Limits(
            max_instance_count=None,
            max_runtime_in_hours=None,
            instance_types=None,
            registries=None if each is None else frozenset(each),
        )
        for each in (old, new)
    )

    assert list(other.wider_than(one)) == names
