"""`python -m docs.workshop.kit FOLDER`: what `make kit` runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import click

from .letter import letter, said
from .targets import PYTHONS, SYSTEMS, Target, pinned
from .wheels import fetch, names, take_out_old

ROOT = Path(__file__).parents[3]
ON_TOP = "KIT.md"
KEYS = [system.key for system in SYSTEMS]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--system", "keys", multiple=True, type=click.Choice(KEYS), help="Only for these.")
@click.option("--python", "pythons", multiple=True, type=click.Choice(PYTHONS), help="Only these.")
def kit(folder: Path, keys: tuple[str, ...], pythons: tuple[str, ...]) -> None:
    """Fill FOLDER with the source as committed and the wheels, for a class without internet."""
    targets = [
        Target(system, python)
        for system in SYSTEMS
        for python in PYTHONS
        if system.key in (keys or KEYS) and python in (pythons or PYTHONS)
    ]
    wheels = folder / "wheels"
    if folder.exists() and any(folder.iterdir()) and not wheels.is_dir():
        raise click.ClickException(f"{folder} is neither empty nor a kit: name another folder.")
    wheels.mkdir(parents=True, exist_ok=True)
    version = _unpack(folder)
    pins = pinned((folder / "requirements.lock").read_text(encoding="utf-8"))
    take_out_old(wheels, targets, pins)
    lacking = {}
    for target in targets:
        lacking[target] = fetch(target, pins, wheels)
        click.echo(f"{target}: {said(lacking[target])}")
    (folder / ON_TOP).write_text(letter(version, lacking), encoding="utf-8")
    size_mb = sum(path.stat().st_size for path in wheels.glob("*.whl")) // 2**20
    click.echo(
        f"{folder}: {len(names(wheels))} wheels, {size_mb} MB. {folder / ON_TOP} says how to install."
    )


def _unpack(folder: Path) -> str:
    """Put the committed source into the folder; its version."""
    try:
        version = _git("describe", "--always", "--dirty").decode().strip()
        source = _git("archive", "--format=tar", "HEAD")
    except (OSError, subprocess.CalledProcessError) as error:
        raise click.ClickException(f"A kit is made in a clone of the project: {error}.") from error
    if version.endswith("-dirty"):
        click.echo("What is not committed does not come along.")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=source, check=True)
    return version.removesuffix("-dirty")


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout


if __name__ == "__main__":
    kit()
