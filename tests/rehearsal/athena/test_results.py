"""Results as they are kept and fetched."""

from rehearsal.athena.results import Result

RESULT = Result(
    columns=[("a", "varchar"), ("b", "decimal(5,2)"), ("c", "array(row(x integer))")],
    rows=[['say "x"', "1.50", None], ["", None, "[{x=1}]"], ["two\nlines", "0.00", ""]],
)


def test_values_are_in_quotes_and_null_is_not() -> None:
    assert RESULT.csv().decode() == (
        '"a","b","c"\n"say ""x""","1.50",\n"",,"[{x=1}]"\n"two\nlines","0.00",""\n'
    )


def test_what_is_kept_is_read_back() -> None:
    assert Result.read(RESULT.csv(), RESULT.metadata()) == RESULT


def test_types_are_told_by_name_and_decimals_with_their_digits() -> None:
    answer = RESULT.page(0, 10)
    told = answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [each["Type"] for each in told] == ["varchar", "decimal", "array"]
    assert (told[1]["Precision"], told[1]["Scale"]) == (5, 2)


def test_pages_count_the_row_of_names() -> None:
    first = RESULT.page(0, 3)
    last = RESULT.page(int(first["NextToken"]), 3)

    assert first["ResultSet"]["Rows"][0]["Data"][0] == {"VarCharValue": "a"}
    assert len(first["ResultSet"]["Rows"]) == 3
    assert len(last["ResultSet"]["Rows"]) == 1
    assert "NextToken" not in last
    assert first["ResultSet"]["Rows"][1]["Data"][2] == {}
