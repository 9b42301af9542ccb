"""What Python makes of specifications: reads a JSON list of them, prints its canonical bytes or its refusal of each.

python tests/web/canonical.py < specifications.json
"""

import json
import sys
from typing import Any

from pydantic import ValidationError

from agents.market.specification import JudgeChecker, TaskSpecification


def judged(fields: dict[str, Any]) -> dict[str, str]:
    """The canonical bytes and their digest in hex, or what is wrong."""
    rest = {name: value for name, value in fields.items() if name != "rubric"}
    try:
        checker = JudgeChecker(rubric=tuple(fields["rubric"]))
        specification = TaskSpecification(**rest, checker=checker)
    except ValidationError as error:
        return {"fault": ".".join(str(part) for part in error.errors()[0]["loc"])}
    return {"hex": specification.canonical_bytes().hex(), "digest": specification.digest().hex()}


if __name__ == "__main__":
    json.dump([judged(fields) for fields in json.load(sys.stdin)], sys.stdout)
