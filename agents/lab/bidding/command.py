"""The command: measure, print, draw, and write the figures down."""

import json
from pathlib import Path

import torch
from rich.console import Console

from agents.lab.bidding import pictures
from agents.lab.bidding.study import FULL, QUICK, Study, conduct
from agents.lab.bidding.tables import tables_of, write_into
from agents.learning.network_prior import NetworkPrior


async def study_bidding(
    console: Console, out: Path, *, seed: int, quick: bool, document: Path | None = None
) -> Study:
    """Write figures.json and the pictures into ``out``, print the tables, and put them into the document.

    Raises LibraryMissing without Matplotlib, TableMissing if the document has no place for a table.
    """
    pictures.require()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # nets this small only wait for one another
    try:
        study = await conduct(
            QUICK if quick else FULL,
            NetworkPrior(),
            seed=seed,
            say=lambda what: console.print(f"{what} …"),
        )
    finally:
        torch.set_num_threads(threads)
    out.mkdir(parents=True, exist_ok=True)
    (out / "figures.json").write_text(json.dumps(study.as_json(), indent=1) + "\n", encoding="utf-8")
    tables = tables_of(study)
    for table in tables:
        console.print(table.for_terminal())
    for path in pictures.draw(study, out):
        console.print(f"{path}")
    if document is not None:
        write_into(document, tables)
    return study
