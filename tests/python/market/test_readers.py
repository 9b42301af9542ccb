"""Tasks files are read in both known forms, and what is wrong is named with its line."""

import json
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.errors import MalformedTask, MalformedTasks, SettingOutOfRange, TasksMissing, UnsupportedTasks
from agents.market.checkers import check_number
from agents.market.domain import AwardMode
from agents.market.readers import draft_task, read_tasks
from agents.market.specification import AnswerKey, ExactChecker, JudgeChecker, NumberChecker
from agents.money import CREDIT

DATA = Path(__file__).parents[4] / "shared" / "data"
EXACT = {
    "title": "City",
    "description": "Which city is named?",
    "skill": "research",
    "reward": "12.5",
    "checker": "exact",
    "answer": "Lisbon",
}
JUDGED = {
    "title": "Poem",
    "description": "Write one.",
    "skill": "writing",
    "reward": "40",
    "rubric": ["Does it rhyme?"],
    "mode": "first-price",
}
SUM = {"question": "What is 1,000 + 1?", "answer": "1,000 + 1 = <<1000+1=1001>>1,001\n#### 1,001"}


def write(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def data_set(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is absent: this test reads a data set that is not part of the project")
    return path


def test_agoras_own_form_is_read(tmp_path: Path) -> None:
    exact, judged = read_tasks(write(tmp_path, EXACT, JUDGED))
    assert exact.specification.title == "City"
    assert isinstance(exact.specification.checker, ExactChecker)
    assert exact.key is not None
    assert exact.key.answer == "Lisbon"
    assert exact.key.opens(exact.specification)
    assert "Lisbon" not in exact.specification.canonical_bytes().decode()
    assert (exact.reward, exact.mode) == (12_500_000, AwardMode.SEALED_SECOND_PRICE)
    assert judged.specification.checker == JudgeChecker(rubric=("Does it rhyme?",))
    assert judged.key is None
    assert (judged.reward, judged.mode) == (40 * CREDIT, AwardMode.SEALED_FIRST_PRICE)


def test_the_form_of_gsm8k_is_read(tmp_path: Path) -> None:
    (draft,) = read_tasks(write(tmp_path, SUM))
    assert draft.specification.skill == "mathematics"
    assert draft.specification.description == SUM["question"]
    assert isinstance(draft.specification.checker, NumberChecker)
    assert draft.key is not None
    assert check_number("It is 1001.", draft.key) == 100


def test_the_whole_of_gsm8k_is_read() -> None:
    path = data_set("gsm8k_dev.jsonl")
    drafts = read_tasks(path)
    assert len(drafts) == 400
    for draft, line in zip(drafts, path.read_text().splitlines(), strict=True):
        row = json.loads(line)
        assert draft.key is not None
        assert draft.key.opens(draft.specification)
        assert check_number(row["answer"], draft.key) == 100, "the worked answer ends with the right number"
        assert row["answer"] not in draft.specification.canonical_bytes().decode()
    assert len({draft.specification.digest() for draft in drafts}) == 400
    assert [draft.specification.title for draft in read_tasks(path, limit=20)] == [
        draft.specification.title for draft in drafts[:20]
    ]


def test_tasks_that_need_code_to_run_are_refused_politely() -> None:
    with pytest.raises(UnsupportedTasks, match=r"code to be run.*not available yet"):
        read_tasks(data_set("humaneval_dev.jsonl"), limit=20)


def test_a_salt_can_be_drawn_by_the_caller(tmp_path: Path) -> None:
    path = write(tmp_path, EXACT)
    fixed = [read_tasks(path, make_key=lambda answer: AnswerKey(answer, bytes(32))) for _ in range(2)]
    assert fixed[0] == fixed[1]
    assert read_tasks(path)[0].specification.digest() != read_tasks(path)[0].specification.digest()


def test_blank_lines_and_a_byte_order_mark_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(EXACT).encode() + b"\r\n\r\n" + json.dumps(SUM).encode())
    assert [draft.specification.skill for draft in read_tasks(path)] == ["research", "mathematics"]


def test_a_json_file_holds_one_task_or_a_list_as_they_are_usually_written(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    for whole, skills in ((EXACT, ["research"]), ([EXACT, SUM], ["research", "mathematics"])):
        path.write_text(json.dumps(whole, indent=4))
        assert [draft.specification.skill for draft in read_tasks(path)] == skills
    path.write_text(f"{json.dumps(EXACT)}\n{json.dumps(SUM)}\n")
    assert len(read_tasks(path)) == 2, "lines as in a JSONL file are read too"
    path.write_text(json.dumps([EXACT, {}], indent=4))
    with pytest.raises(MalformedTasks, match="line 2: it is of no known form"):
        read_tasks(path)


def test_one_task_is_drafted_from_its_fields() -> None:
    assert draft_task(EXACT).specification.title == "City"
    for changed, says in (
        ({"reward": "x"}, "'x' is not an amount"),
        ({"title": "\x1b"}, "title: .*control characters"),
    ):
        with pytest.raises(MalformedTask, match=f"the task cannot be posted: {says}"):
            draft_task(EXACT | changed)


def test_lines_behind_the_limit_are_not_read(tmp_path: Path) -> None:
    assert len(read_tasks(write(tmp_path, EXACT, EXACT, "broken"), limit=2)) == 2


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(tmp_path: Path, limit: int) -> None:
    with pytest.raises(SettingOutOfRange, match="limit"):
        read_tasks(write(tmp_path, EXACT), limit=limit)


def without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ([], "no known form"),
        ({"question": "?"}, "no known form"),
        (without(EXACT, "skill"), "skill: Field required"),
        (without(EXACT, "answer"), "checker and answer, or a rubric"),
        (without(EXACT, "checker"), "checker and answer, or a rubric"),
        ({**EXACT, "rubric": ["?"]}, "no checker and no answer"),
        ({**JUDGED, "rubric": []}, "rubric: Tuple should have at least 1 item"),
        ({**EXACT, "skill": "Two Words"}, "skill: "),
        ({**EXACT, "colour": "red"}, "colour: Extra"),
        ({**EXACT, "reward": 12}, "reward: Input should be a valid string"),
        ({**EXACT, "reward": "-3"}, "'-3' is not an amount"),
        ({**EXACT, "reward": "0"}, "reward: a task pays at least"),
        ({**EXACT, "mode": "auction"}, "mode: "),
        ({**EXACT, "answer": " \n"}, "answer: it is blank"),
        ({**EXACT, "checker": "number"}, "answer: it is not a number"),
        ({**EXACT, "title": "x" * 121}, "title: "),
        ({**SUM, "question": ""}, "question: "),
        ({**SUM, "question": "\n"}, "title: "),
        ({**SUM, "question": "x" * 8001}, "description: "),
        ({**SUM, "answer": "eleven"}, "no number after '####'"),
        ({**SUM, "answer": "#### eleven"}, "answer: it is not a number"),
        ({**SUM, "answer": 11}, "answer: Input should be a valid string"),
        ({**SUM, "question": "\ud800"}, "it is not JSON (unexpected end of hex escape"),
        ({**SUM, "answer": "#### 5 \ud800"}, "it is not JSON (unexpected end of hex escape"),
        ({**EXACT, "answer": "\ud800"}, "it is not JSON (unexpected end of hex escape"),
    ],
)
def test_a_malformed_line_is_named_with_its_number(tmp_path: Path, row: object, says: str) -> None:
    path = write(tmp_path, EXACT, "", row)
    path.write_text(path.read_text().replace('""\n', "\n"))
    with pytest.raises(MalformedTasks) as caught:
        read_tasks(path)
    assert str(caught.value).startswith(f"{path}, line 3: ")
    assert says in str(caught.value)


@pytest.mark.parametrize("line", [b"{", b"\xff\xfe", b"[" * 200_000, b'{"a": ' + b"1" * 5000 + b"}"])
def test_a_line_that_is_no_json_is_named_with_its_number(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_bytes(json.dumps(EXACT).encode() + b"\n" + line)
    with pytest.raises(MalformedTasks, match="line 2: "):
        read_tasks(path)


def test_a_file_is_closed_while_its_error_is_still_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, opened, really_open = write(tmp_path, EXACT, [], SUM), [], Path.open

    def spy(path: Path, mode: str) -> IO[Any]:
        opened.append(really_open(path, mode))
        return opened[-1]

    monkeypatch.setattr(Path, "open", spy)
    with pytest.raises(MalformedTasks) as caught:
        read_tasks(path)
    assert [file.closed for file in opened] == [True]
    assert caught.tb.tb_next is not None


@given(st.dictionaries(st.sampled_from([*EXACT, *JUDGED, *SUM]), st.none() | st.text() | st.integers()))
def test_no_object_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, row: dict[str, Any]) -> None:
    path = write(tmp_path_factory.getbasetemp(), row)
    with pytest.raises(MalformedTasks, match="line 1: "):
        read_tasks(path)


@pytest.mark.parametrize("name", ["absent.jsonl", ".", "empty.jsonl"])
def test_a_file_without_tasks_is_refused_by_path(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.jsonl").write_text("\n\n")
    with pytest.raises(TasksMissing, match="no tasks") as caught:
        read_tasks(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
