"""Which pairs of departments are withheld: that the rules of docs/disclosure.md suffice."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Collection
from datetime import date
from itertools import combinations
from types import ModuleType

import pyarrow as pa
import pytest

from dagster_pipelines.disclosure.pairs import (
    FEW_HIDDEN,
    FEW_SHOWN,
    FOLLOWS,
    ONE_SIDE,
    Pair,
    narrow,
    revealed,
)
from dagster_pipelines.sqlfiles import repository
from dbt_project.withholding import MEANS, are_given_away, by_week, withhold_pairs

MODEL = "dbt_project/models/disclosure/withheld_pair_cells.py"
LEAST = 5
COMPANIES = 300


@pytest.fixture(scope="module")
def model() -> ModuleType:
    spec = importlib.util.spec_from_file_location("withheld_pair_cells", repository() / MODEL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def both_ways(**people: int | tuple[int, int]) -> dict[Pair, int]:
    """How many people of each side are behind pairs: `AB=(7, 6)` are 7 of A and 6 of B."""
    found = {}
    for (one, other), sides in people.items():
        of_one, of_other = sides if isinstance(sides, tuple) else (sides, sides)
        found |= {(other, one): of_other, (one, other): of_one}
    return found


def hidden(**people: int | tuple[int, int]) -> set[str]:
    counts = both_ways(**people)
    # People of one department are the same ones in all its pairs.
    behind = {pair: set(range(count)) for pair, count in counts.items()}
    found = withhold_pairs(counts, behind, LEAST)
    return {"".join(pair) for pair in found}


@pytest.mark.parametrize(
    ("pairs", "known", "are_told"),
    [
        ("AB", "", False),
        ("AB", "A", True),
        ("AB AC", "A", False),
        # Of three departments the three sums say all.
        ("AB AC BC", "AB", False),
        ("AB AC BC", "ABC", True),
    ],
)
def test_hidden_pairs_are_given_away_by_what_is_known(
    pairs: str, known: str, *, are_told: bool
) -> None:
    hidden = {(one, other) for one, other in pairs.split()}
    counts = both_ways(AB=9, AC=9, BC=9)
    assert are_given_away(counts, {}, hidden, {*known}, LEAST) == are_told


def test_nothing_is_hidden_where_all_are_many() -> None:
    assert hidden(AA=9, AB=5, BB=12) == set()


def test_a_pair_of_few_people_of_a_side_is_hidden_with_what_passes_within_both() -> None:
    # Without AA the pair AB would follow from the sum of A, without BB from that of B.
    assert hidden(AA=30, BB=30, CC=30, AB=(9, 4), AC=8, BC=9) == {"AA", "AB", "BB"}


def test_where_nothing_passes_within_the_pair_of_the_fewest_people_goes() -> None:
    found = hidden(AB=4, AC=9, AD=8, BC=7, BD=9, CD=9)
    assert {"AB", "AD", "BC"} <= found


def test_two_hidden_pairs_of_few_people_take_one_of_enough() -> None:
    found = hidden(AA=30, BB=30, CC=30, AB=2, AC=2, BC=7)
    assert found == {"AA", "AB", "AC", "BB", "CC"}


def test_two_hidden_pairs_of_enough_people_together_take_no_third() -> None:
    counts = both_ways(AA=30, AB=(3, 9), AC=(3, 9), BB=30, BC=9, CC=30)
    behind = {("A", "B"): {1, 2, 3}, ("A", "C"): {3, 4, 5}}
    found = {"".join(pair) for pair in withhold_pairs(counts, behind, LEAST)}
    assert found == {"AB", "AC", "BB", "CC"}
    behind["A", "C"] = {2, 3, 4}
    assert "AA" in {"".join(pair) for pair in withhold_pairs(counts, behind, LEAST)}


def test_pairs_of_people_are_read_by_week_and_figure() -> None:
    week = date(2026, 3, 2)
    rows = [
        {
            "week_start": week,
            "from_unit": one,
            "to_unit": other,
            "ties": 2 * tied,
            "interactions": 20,
            "people_from": tied,
            "interacting_people_from": 4,
        }
        for one, other, tied in (("A", "B", 3), ("B", "A", 3), ("A", "A", 0))
    ]
    people = [
        {
            "from_department": "A",
            "to_department": "B",
            "person_id": person,
            "is_tied": person != 4,
            "week_start": week,
        }
        for person in (1, 2, 3, 4)
    ]
    assert by_week(rows, people) == {
        (week, "ties"): (
            {("A", "B"): 3, ("B", "A"): 3, ("A", "A"): 0},
            {("A", "B"): {1, 2, 3}},
            {("A", "B"): 6, ("B", "A"): 6, ("A", "A"): 0},
        ),
        (week, "interactions"): (
            {("A", "B"): 4, ("B", "A"): 4, ("A", "A"): 4},
            {("A", "B"): {1, 2, 3, 4}},
            {("A", "B"): 20, ("B", "A"): 20, ("A", "A"): 20},
        ),
    }


def test_of_a_department_of_which_nothing_is_shown_no_sum_is_known() -> None:
    # A has no other pair: what it has with B is not known, and B has to hide its own.
    assert hidden(AB=(3, 6), BB=20, BC=9, CC=20) == {"AB", "BB"}


def test_pairs_are_withheld_in_both_directions_week_by_week(model: ModuleType) -> None:
    weeks = date(2026, 3, 2), date(2026, 3, 9)
    rows = [
        {
            "week_start": week,
            "from_unit": one,
            "to_unit": other,
            "ties": 10 * (people > 0),
            "interactions": 20,
            "people_from": people,
            "people_to": 9,
            "interacting_people_from": 9,
            "interacting_people_to": 9,
        }
        for week, small in zip(weeks, (4, 9), strict=True)
        for (one, other), people in both_ways(AA=0, AB=(small, 9), BB=20, BC=9, AC=9).items()
    ]
    sizes = {"A": 20, "B": 20, "C": 9}
    people = pa.table(
        {
            "period_start": pa.array([week for week in weeks for _ in range(49)], pa.date32()),
            "department": [name for _ in weeks for name in sizes for _ in range(sizes[name])],
            **{
                name: pa.nulls(98, pa.string())
                for name in ("team", "tenure_band", "work_mode", "discipline", "location")
            },
            "counts_in": [dict.fromkeys(MEANS, True)] * 98,
        }
    )
    nothing = pa.table({"week_start": pa.array([], pa.date32())})
    found = model.withheld_pairs(by_week(rows, []), people, nothing, LEAST).to_pylist()
    assert {row["rests_on"] for row in found} == {"ties"}
    of_weeks = [
        {
            (row["from_department"], row["to_department"])
            for row in found
            if row["week_start"] == one
        }
        for one in weeks
    ]
    assert ("A", "B") in of_weeks[0]
    assert of_weeks[0] == {pair[::-1] for pair in of_weeks[0]}
    # Nobody of A has a tie within: that rests on nobody, and hides nobody else.
    assert of_weeks[1] == {("A", "A")}


def drawn_company(seed: int) -> dict[Pair, set[int]]:
    """Who of the first department is behind each pair, in a company of some departments."""
    rng = random.Random(seed)
    sizes = [rng.choice([3, 6, 8, 12, 20, 40]) for _ in range(rng.randint(1, 9))]
    people: dict[Pair, set[int]] = {}
    for one in range(len(sizes)):
        for other in range(one, len(sizes)):
            share = 0.9 if one == other else rng.choice([0, 0.05, 0.1, 0.3, 0.6])
            a, b = f"D{one}", f"D{other}"
            some = [
                {number + 1000 * side for number in range(sizes[side]) if rng.random() < share}
                for side in (one, other)
            ]
            if all(some):
                people[a, b], people[b, a] = some
                if one == other:
                    people[a, a] = some[0]
    return people


def drawn_numbers(seed: int, people: dict[Pair, set[int]]) -> dict[Pair, int]:
    """How many interactions pass between departments: everybody behind a pair has some."""
    rng = random.Random(seed)
    numbers: dict[Pair, int] = {}
    for one, other in people:
        least = max(len(people[one, other]), len(people[other, one]))
        numbers.setdefault((one, other), rng.randint(least, 10 * least))
        numbers[other, one] = numbers[one, other]
    return numbers


@pytest.mark.parametrize(
    ("numbers", "count"),
    [
        # Each has one at least: of two that are two together both are one.
        ({"AB": 1, "AC": 1}, 2),
        # 40 and 1 are 41: the larger is known to be 1 to 40, and so is the smaller.
        ({"AB": 40, "AC": 1}, 0),
        # Of what passes within nobody has the sum but A.
        ({"AB": 40, "AC": 1, "BC": 2, "CC": 9}, 0),
        # A knows 42 of two, D that each of two is one.
        ({"AB": 40, "AC": 2, "BC": 2, "BD": 1, "CD": 1}, 2),
    ],
)
def test_a_pair_that_is_bounded_narrowly_is_found(numbers: dict[str, int], count: int) -> None:
    both = {}
    for (one, other), number in numbers.items():
        both[one, other] = both[other, one] = number
    known = {"A", "D"} if "BD" in numbers else {"A"}
    assert narrow(dict.fromkeys(both, True), both, known) == count


@pytest.mark.parametrize("first", range(0, COMPANIES, 100))
def test_nothing_is_revealed_of_random_companies_and_most_is_shown(
    first: int,
) -> None:
    large = kept = naively = narrowly = 0
    for seed in range(first, first + 100):
        people = drawn_company(seed)
        counts = {pair: len(some) for pair, some in people.items()}
        numbers = drawn_numbers(seed, people)
        found = withhold_pairs(counts, people, LEAST, numbers=numbers)
        withheld = {pair: pair in found or pair[::-1] in found for pair in counts}
        known = {pair[0] for pair, is_withheld in withheld.items() if not is_withheld}
        assert revealed(withheld, people, known, LEAST) == {}, seed
        assert narrow(withheld, numbers, known) == 0, seed
        enough = {pair for pair in counts if min(counts[pair], counts[pair[::-1]]) >= LEAST}
        large += len(enough)
        kept += sum(not withheld[pair] for pair in enough)
        small_only = {pair: pair not in enough for pair in counts}
        naively += bool(revealed(small_only, people, {pair[0] for pair in enough}, LEAST))
        hidden = withhold_pairs(counts, people, LEAST)
        withheld = {pair: pair in hidden or pair[::-1] in hidden for pair in counts}
        known = {pair[0] for pair, is_withheld in withheld.items() if not is_withheld}
        narrowly += bool(narrow(withheld, numbers, known))
    assert kept >= 0.75 * large
    assert naively > 50
    # By linear algebra alone.
    assert narrowly > 0


def test_no_choice_of_pairs_would_show_much_more() -> None:
    kept = best = companies = 0
    for seed in range(COMPANIES):
        people = drawn_company(seed)
        counts = {pair: len(some) for pair, some in people.items()}
        enough = [pair for pair in counts if pair <= pair[::-1]]
        enough = [pair for pair in enough if min(counts[pair], counts[pair[::-1]]) >= LEAST]
        if len(enough) == len(counts) or len(enough) > 9:
            continue
        found = withhold_pairs(counts, people, LEAST)
        kept += cells(set(enough) - found)
        best += next(cells(shown) for shown in most_first(enough) if not gives_away(people, shown))
        companies += 1
    assert companies > 100
    assert 0.99 * best <= kept <= best


def cells(pairs: Collection[Pair]) -> int:
    """What passes between two departments is two cells, what passes within one is one."""
    return sum(len({*pair}) for pair in pairs)


def most_first(pairs: list[Pair]) -> list[set[Pair]]:
    """Return all choices of pairs, those of the most cells first."""
    choices = [set(some) for of in range(len(pairs) + 1) for some in combinations(pairs, of)]
    return sorted(choices, key=cells, reverse=True)


def gives_away(people: dict[Pair, set[int]], shown: set[Pair]) -> bool:
    """Ask the audit, which knows nothing of the rules."""
    withheld = {pair: pair not in shown and pair[::-1] not in shown for pair in people}
    known = {one for pair in shown for one in pair}
    return bool(revealed(withheld, people, known, LEAST))


def test_the_audit_sees_each_way_to_give_a_pair_away() -> None:
    people = {
        pair: set(range(count)) for pair, count in both_ways(AA=9, AB=7, BB=9, AC=3, BC=8).items()
    }

    def look(
        *names: str, known: str = "ABC", one_side: str = "", has_total: bool = False
    ) -> dict[str, int]:
        withheld = {
            pair: "".join(sorted(pair)) in names and "".join(pair) != one_side for pair in people
        }
        return revealed(withheld, people, set(known), LEAST, has_total=has_total)

    assert look("AC", known="") == {}
    assert look("AA", "AC", "BC", known="AB") == {FOLLOWS: 1}
    assert look("AA", "AC", known="A") == {}
    assert look("AA", "AC", known="AC") == {FEW_HIDDEN: 1, FOLLOWS: 2}
    assert look("AC", known="A") == {FEW_HIDDEN: 1, FOLLOWS: 1}
    assert look(known="") == {FEW_SHOWN: 2}
    assert look("AA", "BB", known="", has_total=True) == {FEW_SHOWN: 2}
    assert look("BB", known="", has_total=True) == {FEW_SHOWN: 2, FOLLOWS: 1}
    # What passes within a department is in the sum of its people's ties twice.
    assert look("AA", "AB", "BB", known="AB", has_total=True) == {FEW_SHOWN: 2}
    assert look("AA", "AB", "BB", known="A", has_total=True) == {FEW_SHOWN: 2}
    people["A", "A"] = set()
    assert look("AC", known="") == {FEW_SHOWN: 1}
    people["A", "A"] = set(range(9))
    assert look("AC", known="", one_side="CA") == {ONE_SIDE: 1, FEW_SHOWN: 1}
