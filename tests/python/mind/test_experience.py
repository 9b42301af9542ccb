"""What a step will come to: the guess at first, what receipts say in the end, and never out of proportion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.llm.protocol import Usage
from agents.mind.experience import PRIOR_QUESTIONS, Experience, Step

GUESS = Usage(200, 40)


def seen(questions, burned, guess=GUESS):
    return Step(
        "work",
        "exact",
        questions,
        Usage(guess.prompt_tokens * questions, guess.completion_tokens * questions),
        burned,
    )


def test_without_experience_the_guess_stands():
    assert Experience().expected("work", "exact", GUESS) == GUESS


def test_as_many_questions_as_the_prior_weighs_move_it_half_way():
    count = int(PRIOR_QUESTIONS)
    experience = Experience([seen(count, Usage(400 * count, 20 * count))])
    assert experience.expected("work", "exact", GUESS) == Usage(300, 30)
    assert experience.expected("work", "exact", Usage(20, 4)) == Usage(30, 3), "in proportion to the guess"


def test_many_questions_are_believed():
    experience = Experience([seen(1000, Usage(400_000, 20_000))])
    expected = experience.expected("work", "exact", GUESS)
    assert expected.prompt_tokens == pytest.approx(400, rel=0.01)
    assert expected.completion_tokens == pytest.approx(20, rel=0.03)


steps = st.lists(
    st.tuples(st.integers(1, 50), st.integers(0, 10**6), st.integers(0, 10**5)), min_size=1, max_size=6
)


@given(steps)
def test_steps_add_up_in_whatever_portions_they_come(portions):
    single = [seen(questions, Usage(prompt, completion)) for questions, prompt, completion in portions]
    whole = single[0]
    for one in single[1:]:
        whole += one
    assert Experience(single).steps == Experience([whole]).steps
    assert Experience(single).expected("work", "exact", GUESS) == Experience([whole]).expected(
        "work", "exact", GUESS
    )


@given(steps)
def test_what_is_expected_lies_between_the_guess_and_what_was_seen(portions):
    experience = Experience(
        seen(questions, Usage(prompt, completion)) for questions, prompt, completion in portions
    )
    questions = sum(one[0] for one in portions)
    for name, at in (("prompt_tokens", 1), ("completion_tokens", 2)):
        mean, guess = sum(one[at] for one in portions) / questions, getattr(GUESS, name)
        found = getattr(experience.expected("work", "exact", GUESS), name)
        assert min(mean, guess) - 1 <= found <= max(mean, guess) + 1


def test_a_guess_of_nothing_stays_nothing():
    experience = Experience([Step("work", "exact", 3, Usage(0, 30), Usage(90, 30))])
    assert experience.expected("work", "exact", Usage(0, 10)) == Usage(0, 10)
