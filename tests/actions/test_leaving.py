"""Every skill can be begun again, gone back in and left, at its first question."""

import pytest

from actions.book import ActionBook
from actions.cancel import ActionCancel
from actions.confirm import ActionConfirm
from actions.course import ActionCourse
from actions.human import ActionHuman
from actions.my_appointment import ActionMyAppointment
from actions.reschedule import ActionReschedule
from actions.waitlist import ActionWaitlist
from tests.actions.talk import Talk

SKILLS = (
    ActionBook,
    ActionCancel,
    ActionConfirm,
    ActionCourse,
    ActionHuman,
    ActionMyAppointment,
    ActionReschedule,
    ActionWaitlist,
)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", SKILLS, ids=lambda kind: kind.__name__)
def test_start_over_go_back_and_never_mind(service, kind, language):
    talk = Talk(language=language)
    for words in ("start over", "go back", "never mind"):
        talk.say("please call me back", kind(), kind().name().removeprefix("action_"))
        said = talk.say(words)
        assert "went wrong" not in said
        assert "algo falló" not in said
    assert talk.slots["task"] is None
