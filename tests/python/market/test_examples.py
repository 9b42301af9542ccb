"""The demo's tasks are what the demo promises."""

from agents.market.checkers import normalise_text
from agents.market.domain import AwardMode
from agents.market.examples import example_tasks
from agents.market.specification import ExactChecker, JudgeChecker, NumberChecker
from agents.money import CREDIT

SKILLS_BY_AGENT = {
    "Research": {"research", "extraction", "summarisation"},
    "Development": {"code-reading"},
    "Analytics": {"mathematics", "data-extraction"},
    "Creative": {"writing", "sentiment"},
    "BlockchainExpert": {"blockchain"},
}


def test_there_are_twelve_tasks_with_two_or_more_for_each_agent() -> None:
    skills = [draft.specification.skill for draft in example_tasks()]
    assert len(skills) == 12
    assert set(skills) == set.union(*SKILLS_BY_AGENT.values())
    for agent, own in SKILLS_BY_AGENT.items():
        assert sum(skill in own for skill in skills) >= 2, agent


def test_they_cover_every_checker_and_both_ways_to_pay() -> None:
    drafts = example_tasks()
    assert {type(draft.specification.checker) for draft in drafts} == {
        NumberChecker,
        ExactChecker,
        JudgeChecker,
    }
    assert {draft.mode for draft in drafts} == {AwardMode.SEALED_SECOND_PRICE, AwardMode.SEALED_FIRST_PRICE}
    assert all(8 * CREDIT <= draft.reward <= 40 * CREDIT for draft in drafts)


def test_each_answer_is_kept_apart_from_its_specification() -> None:
    for draft in example_tasks():
        if isinstance(draft.specification.checker, JudgeChecker):
            assert draft.key is None
        else:
            assert draft.key is not None
            assert draft.key.opens(draft.specification)


def test_no_two_tasks_are_alike() -> None:
    drafts = example_tasks()
    assert len({normalise_text(draft.specification.title) for draft in drafts}) == 12
    assert len({draft.specification.description for draft in drafts}) == 12
