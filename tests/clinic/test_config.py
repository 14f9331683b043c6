"""clinic.yml: what is right is read whole, what is wrong is named with its line."""

from pathlib import Path

import pytest

from clinic.config import ClinicError, Span, display_phone, load

SAMPLE = Path("clinic.yml").read_text()


def broken(tmp_path: Path, old: str, new: str) -> str:
    """The message for the sample with its first `old` replaced by `new`."""
    assert old in SAMPLE
    file = tmp_path / "clinic.yml"
    file.write_text(SAMPLE.replace(old, new, 1))
    with pytest.raises(ClinicError) as caught:
        load(file)
    return str(caught.value)


def line_of(text: str) -> int:
    return SAMPLE[: SAMPLE.index(text)].count("\n") + 1


def test_the_sample_clinic_is_right():
    clinic = load("clinic.yml")
    assert [place.id for place in clinic.locations] == ["north-loop", "lakeside"]
    assert clinic.visit_type("consultation").minutes == 60
    assert clinic.location("north-loop").hours["fri"] == (Span(7 * 60, 17 * 60),)


def test_the_same_words_are_read_once_and_changed_ones_anew(tmp_path):
    file = tmp_path / "clinic.yml"
    file.write_text(SAMPLE)
    first = load(file)
    assert load(file) is first
    file.write_text(SAMPLE.replace("minutes: 60", "minutes: 45", 1))
    assert load(file).visit_type("consultation").minutes == 45


def test_the_sample_uses_fictional_numbers_only():
    numbers = [line.split('"')[1] for line in SAMPLE.splitlines() if '"+1' in line]
    assert numbers
    assert all(number[5:8] == "555" and number[8:10] == "01" for number in numbers)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("timezone: America/Chicago", "timezone: America/Chicagoo", "timezone"),
        ('phone: "+16125550101"', 'phone: "5550101"', "locations[0].phone"),
        ('tue: "07:00-19:00"', 'tue: "19:00-07:00"', "locations[0].hours.tue"),
        ("minutes: 60", "minutes: 61", "visit_types[0].minutes"),
        ("needs: [physician]", "needs: [pilot]", "visit_types[0].needs"),
        ("self_book: anyone", "self_book: everyone", "visit_types[0].self_book"),
        ("works: {north-loop: {}}", "works: {nowhere: {}}", "resources[0].works.nowhere"),
        ("{date: 2026-12-24,", "{date: 2026-13-24,", "closures[0].date"),
        ("  group: 3", "  group: 0", "waitlist.group"),
        ('awake: "08:00-21:00"', 'awake: "08:00-22:00"', "messages.awake"),
        ('awake: "08:00-21:00"', 'awake: "20:00-09:00"', "messages.awake"),
        ("reminder_days: [7, 2, 1]", "reminder_days: [0]", "messages.reminder_days"),
        ("consultation: 250", "haircut: 250", "facts.prices.haircut"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, where):
    message = broken(tmp_path, old, new)
    assert f"clinic.yml:{line_of(old)}:" in message
    assert where in message
    assert len(message.splitlines()) == 1


def test_an_unknown_key_is_named(tmp_path):
    assert "'colour'" in broken(tmp_path, "languages: [en, es]", "languages: [en, es]\ncolour: blue")


def test_a_name_that_tells_the_treatment_is_refused_for_text_messages(tmp_path):
    assert "lock screens" in broken(tmp_path, "short_name: North Loop Clinic ", "short_name: North Loop TMS ")


def test_yaml_that_is_no_yaml_is_told_with_its_line(tmp_path):
    message = broken(tmp_path, "languages: [en, es]", "languages: [en, es")
    assert "clinic.yml:" in message


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(ClinicError, match="CLINIC_FILE"):
        load(tmp_path / "none.yml")


def test_phones_are_shown_as_people_write_them():
    assert display_phone("+16125550100") == "612-555-0100"
    assert display_phone("+442079460000") == "+442079460000"
