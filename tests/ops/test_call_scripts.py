"""The written calls: the simulator understands each step, and each numbered part of the switchboard has one."""

import pytest

from ops.api import CommandError
from ops.call_scripts import SCRIPTS, CallScript, carry_out, checked, script_named
from ops.settings import Settings
from ops.talk import check_step
from telephony.simulator.calls.steps import parse_step


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_each_step_is_understood(script: CallScript) -> None:
    for step in (*script.steps, *(step for _, steps in script.phones for step in steps)):
        assert check_step(step) == step
        parse_step(step)


def test_each_part_that_can_be_called_has_one() -> None:
    assert {script.part.split()[0] for script in SCRIPTS} == {str(number) for number in range(1, 10)}
    assert len({script.name for script in SCRIPTS}) == len(SCRIPTS)


def test_they_are_listed_and_a_wrong_name_says_which_there_are() -> None:
    assert len(list(carry_out(Settings(), "list"))) == len(SCRIPTS)
    with pytest.raises(CommandError, match="voicemail"):
        script_named("voice mail")


def test_steps_need_somebody_who_calls() -> None:
    with pytest.raises(CommandError, match="--from"):
        checked("", ["hangup"])
