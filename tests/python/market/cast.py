"""Who plays in the lives of a market, and with what."""

import hashlib

from model import Mode

from agents.money import CREDIT

AGENTS = range(1, 5)
BUYERS, OWNERS, EVALUATOR, ANYONE, TREASURY, JUDGE = (1, 2), (3, 4, 5, 6), 7, 8, 9, 10
WINDOWS = {"bidding_window": 50, "reveal_window": 40, "delivery_window": 200, "review_window": 60}
PART_WINDOWS = {"bidding_window": 6, "reveal_window": 5, "delivery_window": 20, "review_window": 9}
RESERVES = (100_000, 1_000_001, 20 * CREDIT, 20 * CREDIT, 120 * CREDIT)
ODD_RESERVES = (0, 99_999, 2**48, 10_000 * CREDIT)
SCORES = (0, 59, 60, 100)
MODES = (*Mode, Mode.SECOND_PRICE, Mode.OPEN)
SKILL = b"extraction".ljust(16, b"\0")
CAPITAL = {"buyer": 150 * CREDIT, "agent": 14 * CREDIT}


def secret_of(number):
    return hashlib.sha256(b"secret %d" % number).digest()


def work_of(number):
    return b"the work on %d" % number
