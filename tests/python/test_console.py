"""How commands end: exit codes, and one line of text."""

import pytest
import typer

from agents.chain.bindings.errors import TaskNotFound
from agents.console import run_command
from agents.errors import BadSetting, CapReached, ModelUnavailable


async def fine():
    return ["one", "two"]


def failing(error):
    async def command():
        raise error

    return command


def test_the_lines_of_a_command_are_printed(capsys):
    run_command(fine)
    assert capsys.readouterr() == ("one\ntwo\n", "")


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (BadSetting("AGORA_HOME", "is odd"), 2, "error: AGORA_HOME is odd\n"),
        (TaskNotFound(7), 1, "error: the contract refused: TaskNotFound(task_id=7)\n"),
        (ModelUnavailable("the endpoint is busy"), 1, "error: the endpoint is busy\n"),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(capsys, error, code, text):
    with pytest.raises(typer.Exit) as raised:
        run_command(failing(error))
    assert raised.value.exit_code == code
    assert capsys.readouterr() == ("", text)


def test_a_cap_is_the_report_and_one_line_more(capsys):
    with pytest.raises(typer.Exit) as raised:
        run_command(failing(CapReached("--max-calls, 3 model calls", ["settled: 1/3 tasks"])))
    assert raised.value.exit_code == 3
    said = "stopped: the run has reached its cap: --max-calls, 3 model calls; what it had begun is finished\n"
    assert capsys.readouterr() == ("settled: 1/3 tasks\n", said)


def test_a_fault_of_the_program_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        run_command(failing(ZeroDivisionError()))


def test_an_interrupt_ends_with_130(capsys):
    with pytest.raises(SystemExit) as raised:
        run_command(failing(KeyboardInterrupt()))
    assert raised.value.code == 130
    assert capsys.readouterr().err == "interrupted\n"
