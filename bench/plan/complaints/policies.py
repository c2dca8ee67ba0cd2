"""The policy blocks of a suite → keys and values that no policy has, alone and over one another."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import ValidationError

from bench.plan.complaints.layout import VARIANTS
from bench.plan.complaints.shape import offences
from bench.plan.complaints.source import Offence, Source
from bench.plan.overlays import Keys, merged, overlay
from bench.plan.yaml_text import Place, Plain
from bench.records.codec import adapter
from bench.records.suite import Policy, Suite

BLOCKS: tuple[Place, ...] = (("policy",), ("quick", "policy"), ("cuda", "policy"))


def policy_keys(data: Mapping[str, Plain]) -> Iterator[Offence]:
    """Every key of every block, each block by itself."""
    for place in BLOCKS:
        block: object = data
        for part in place:
            block = block.get(part) if isinstance(block, dict) else None
        if not isinstance(block, dict):
            continue
        try:
            adapter(Policy).validate_json(json.dumps(block), strict=True)
        except ValidationError as error:
            yield from (replace(o, place=place + o.place) for o in offences(error, block, noun=Policy))


def policy_bounds(suite: Suite, source: Source) -> Iterator[Offence]:
    """`max_rounds` is at least `rounds`, under every overlay."""
    default = Policy()
    for names in VARIANTS:
        if any(getattr(suite, name) is None for name in names):
            continue
        blocks: list[tuple[Place, Keys]] = [(("policy",), suite.policy)]
        blocks += [((name, "policy"), o.policy) for name in names if (o := overlay(suite, name)) is not None]
        keys = merged(suite.policy, [block for _, block in blocks[1:]])
        rounds, most = keys.get("rounds", default.rounds), keys.get("max_rounds", default.max_rounds)
        if isinstance(rounds, int) and isinstance(most, int) and most < rounds:
            place = next(place for place, block in reversed(blocks) if "max_rounds" in block or "rounds" in block)
            key = "max_rounds" if "max_rounds" in dict(blocks)[place] else "rounds"
            yield Offence(place=(*place, key), message=f"max_rounds {most} is less than rounds {rounds}")
            return
