"""The table of what each role is answered at each address of the admin."""

from pathlib import Path

from staff.roles import CARE, FORMULATOR, MIXOLOGIST, OWNER

TABLE = Path(__file__).with_name("who_may_open.txt")
FORM = "POST "  # before the name of an address that only takes forms: what an empty one is answered
COLUMNS = [FORMULATOR, MIXOLOGIST, CARE, OWNER]


def read_table() -> dict[str, tuple[int, ...]]:
    """Status by role for each address."""
    heading, *lines = (line.split() for line in TABLE.read_text().splitlines() if line and line[0] != "#")
    assert heading == ["address", *COLUMNS]
    return {" ".join(line[:-4]): tuple(int(status) for status in line[-4:]) for line in lines}
