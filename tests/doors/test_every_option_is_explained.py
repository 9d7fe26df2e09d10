"""A reader of `--help` finds each word that can be typed explained, in every command."""

import argparse
from collections.abc import Iterator

import pytest

import analysis.__main__
import figures.__main__
import polls.__main__

PARSERS = {
    "polls": polls.__main__._make_parser,
    "analysis": analysis.__main__.build_parser,
    "figures": figures.__main__._make_parser,
}


def list_actions(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.Action]]:
    """Options and positionals of a command and of all of its verbs."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for verb in action.choices.values():
                yield from list_actions(verb)
        else:
            yield parser.prog, action


@pytest.mark.parametrize("package", PARSERS)
def test_each_has_words_of_its_own(package: str) -> None:
    found = list(list_actions(PARSERS[package]()))
    assert len(found) > 5
    assert [f"{prog} {action.dest}" for prog, action in found if not action.help] == []
