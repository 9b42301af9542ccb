"""The panels of a case, of which the index keeps the last one's row and all members' seats."""

from agents.explorer.queries.panels import rounds_of

CASE = {"case": "7", "client": "0xcc", "commit_end": 50, "reveal_end": 90}


def seats(number, *scores, paid=10, slashed=0):
    given = {"round": number, "holder": "0xaa", "paid": paid, "slashed": slashed}
    return [
        {**given, "seat": 10 * number + nth, "score": score, "digest": None if score is None else "0x1"}
        for nth, score in enumerate(scores)
    ]


def told(case, members):
    return [
        (one.round, one.size, one.fee, one.drawn, one.decided, one.score, len(one.seats), one.reveal_end)
        for one in rounds_of({**CASE, **case}, members)
    ]


def test_each_round_is_a_panel_of_its_own():
    appealed = {"round": 2, "size": 7, "fee": 70, "decided": True, "score": 20}
    members = [*seats(1, 90, 80, 100), *seats(2, *[20] * 7)]
    assert told(appealed, members) == [
        (1, 3, 30, True, True, 90, 3, None),
        (2, 7, 70, True, True, 20, 7, 90),
    ]


def test_a_panel_that_is_not_drawn_yet_has_no_times_of_the_one_before():
    drawing = {"round": 2, "size": 7, "fee": 70, "decided": None, "score": None}
    assert told(drawing, seats(1, 90, 90, 90))[1] == (2, 7, 70, False, None, None, 0, None)
    sealed = {"round": 0, "size": 3, "fee": 30, "decided": None, "score": None}
    assert told(sealed, []) == [(0, 3, 30, False, None, None, 0, None)]


def test_a_round_without_a_quorum_has_no_score():
    members = [*seats(1, 80, paid=20), *seats(1, None, paid=0, slashed=20), *seats(2, 70, 70, 70)]
    again = {"round": 2, "size": 3, "fee": 30, "decided": True, "score": 70}
    assert told(again, members)[0] == (1, 2, 0, True, False, None, 2, None)
