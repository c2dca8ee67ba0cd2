"""`bench doctor`: this machine → facts, its noise, advice. Changes nothing."""

import json
from dataclasses import asdict

import click

from bench.api.doctor import MEASURED, Diagnosis, diagnose
from bench.cli.options import DEVICE, LAUNCH, waiting
from bench.records.nouns import Launch, Unknown
from bench.report.inert import json_text, spoken
from bench.units import common_scale, significant


@click.command("doctor")
@DEVICE
@LAUNCH
@click.option("--wait", type=float, help="Seconds to wait while a measurement holds the machine.")
@click.option("--json", "as_json", is_flag=True, help="One object: machine, facts, measured, findings.")
def command(device: str, launch: Launch, wait: float | None, as_json: bool) -> None:
    """Says what of this machine can change a number, and how noisy it is now; takes about ten seconds."""
    found = diagnose(device, launch=launch, wait=waiting(wait))
    if as_json:
        click.echo(json_text(json.dumps(as_json_object(found), indent=1, allow_nan=False)))
    else:
        show(found)


def as_json_object(found: Diagnosis) -> dict[str, object]:
    """Plain values; times in seconds, shares between 0 and 1."""
    return {
        "machine": asdict(found.machine),
        "facts": found.facts,
        "measured": {name: {"value": value, "unit": MEASURED[name][0]} for name, value in found.measured.items()},
        "findings": [{"code": f.code, "message": f.message, "advice": f.advice} for f in found.findings],
    }


def show(found: Diagnosis) -> None:
    """Facts, numbers, advice."""
    click.echo(f"{spoken(found.machine.name)}, identity {spoken(found.machine.identity)}\n")
    for name, text in found.facts.items():
        click.echo(f"  {name.replace('_', ' '):<27}{spoken(text)}")
    click.echo()
    for name, value in found.measured.items():
        unit, title = MEASURED[name]
        click.echo(f"  {amount(value, unit):>9}  {title}")
    click.echo()
    for finding in found.findings:
        click.echo(f"{finding.code}: {spoken(finding.message)}.\n  {spoken(finding.advice)}.")
    if not found.findings:
        click.echo("Nothing stands out.")


def amount(value: float | Unknown, unit: str) -> str:
    """A number for a person, or that it is unknown."""
    if value == "unknown":
        return value
    if unit == "share":
        return f"{value:.1%}"
    if unit == "1":
        return significant(value)
    divisor, label = common_scale([value], unit)
    return f"{significant(value / divisor)} {label}"
