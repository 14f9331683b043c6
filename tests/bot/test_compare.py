"""The comparison on other businesses' messages counts as it says, and refuses data it cannot use in one line."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import pytest

from tests.understanding import compare
from tests.understanding.compare import DataError, Example, Guess, auroc, load, measure, ours

TRAIN = """text,label
my kettle leaks,repair
the lid of my kettle broke,repair
it stopped boiling water,repair
"there is a crack, can you mend it",repair
when will my parcel come,delivery
where is the courier with my order,delivery
track the shipment,delivery
has my box been sent,delivery
i want my money back,refund
how do i get a refund,refund
please pay me back,refund
return it for the price i paid,refund
this row is of no topic,none
"""
TEST = """sentence,intent
can you fix a leaking kettle,repair
is the parcel on its way,delivery
give me the refund,refund
who won the football match last night,none
"😀",none
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.csv").write_text(TRAIN, encoding="utf-8")
    (tmp_path / "test.csv").write_text(TEST, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("inside", "outside", "expected"),
    [([3, 4], [1, 2], 1.0), ([1, 2], [3, 4], 0.0), ([1, 1], [1], 0.5), ([1, 3], [2], 0.5), ([2, 3], [1, 2], 0.875)],
)
def test_auroc_is_the_share_of_pairs_in_order_and_ties_count_half(
    inside: list[float], outside: list[float], expected: float
) -> None:
    assert auroc(inside, outside) == expected


def test_messages_of_no_topic_are_kept_apart_and_never_trained_on(folder: Path) -> None:
    data = load(folder, "none")
    assert len(data.train) == 12
    assert data.train[3] == Example("there is a crack, can you mend it", "repair")
    assert [example.label for example in data.inside] == ["repair", "delivery", "refund"]
    assert [example.label for example in data.outside] == ["none", "none"]


def test_accuracy_counts_messages_of_a_topic_alone(folder: Path) -> None:
    guesses = [Guess("repair", 0.9), Guess("refund", 0.4), Guess("refund", 0.8), Guess("repair", 0.5), Guess("", 0.0)]
    figures = measure(load(folder, "none"), lambda train, texts: guesses)
    assert figures == {"accuracy": pytest.approx(2 / 3), "auroc": pytest.approx(5 / 6)}


def test_ours_learns_another_business_and_makes_nothing_of_an_emoji(folder: Path) -> None:
    data = load(folder, "none")
    assert measure(data, ours)["accuracy"] == 1.0
    assert ours(data.train, ["😀"]) == [Guess("", 0.0)]


def test_leads_are_the_first_minus_the_second_for_each_set_and_on_average(folder: Path) -> None:
    data = load(folder, "none")
    sure = [Guess("repair", 0.9)] * 3 + [Guess("repair", 0.1)] * 2
    unsure = [Guess("", 0.5)] * 5
    figures = compare.compare(
        [data, dataclasses.replace(data, name="again")], {"ours": lambda *_: sure, "stock": lambda *_: unsure}
    )
    assert figures[data.name]["lead"] == {"accuracy": pytest.approx(1 / 3), "auroc": 0.5}
    assert figures["mean"] == figures[data.name] == figures["again"]
    assert "33.3" in compare.table(figures)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("train.csv", None, "train.csv: cannot be read: No such file"),
        ("test.csv", "message,label\na,repair\n", "no columns text/sentence and label/intent"),
        ("train.csv", "text,label\na,repair\n", "fewer than two labels"),
        ("test.csv", "text,label\na,repair\nb,none\nc,warranty\n", "no training phrase has the label warranty"),
        ("test.csv", "text,label\na,repair\n", "needs messages labelled none and others"),
        ("train.csv", b"text,label\n\xff\xfe,repair\n", "train.csv: cannot be read"),
        ("train.csv", "", "no columns"),
    ],
)
def test_unusable_data_is_refused_in_one_line(folder: Path, file: str, content: str | bytes | None, said: str) -> None:
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=said) as error:
        load(folder, "none")
    assert "\n" not in str(error.value)


def test_the_command_prints_one_json_line_and_judges_the_leads(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        compare, "ours", lambda train, texts: [Guess(train[0].label, 1 / (n + 1)) for n in range(len(texts))]
    )
    monkeypatch.setattr(compare, "stock", lambda train, texts: [Guess("", 0.5)] * len(texts))
    monkeypatch.setattr(sys, "argv", ["compare", "--floors", "--outside", "none", str(folder)])
    assert compare.main() == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["mean"]["lead"]["accuracy"] == 0.3333
    assert "stock: done" in err
    monkeypatch.setattr(compare, "stock", compare.ours)
    assert compare.main() == 1
    for wrong in ([folder, folder], [folder / "nothing"]):
        monkeypatch.setattr(sys, "argv", ["compare", "--outside", "none", *map(str, wrong)])
        assert compare.main() == 2


@pytest.mark.soak
def test_stock_rasa_is_trained_and_asked(folder: Path) -> None:
    data = load(folder, "none")
    guesses = compare.stock(data.train, ["my kettle leaks", "track the shipment", "😀"])
    assert [guess.label for guess in guesses[:2]] == ["repair", "delivery"]
    assert all(0 <= guess.confidence <= 1 for guess in guesses)
