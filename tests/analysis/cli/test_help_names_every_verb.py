"""`python -m analysis --help` says in a line what each verb does; its own help says the same."""

import re

import pytest

from analysis.__main__ import main

WORDS = {
    "trend": "Fit a trend with house effects and print its summary.",
    "composition": "Fit two to ten parts of a whole together, such as parties, and print their "
    "summary.",
    "predict": "Predict polls not yet seen, of known houses and of new ones.",
    "tipping": "Tell which share of stated supporters must be insincere for a majority to vanish.",
    "backtest": "Predict each poll from those known before it, and score models and baselines.",
    "who": "Estimate a share in each group of the population from counted interviews.",
}


def help_of(capsys, *words):
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


def test_each_verb_is_told_in_a_line(capsys):
    told = " ".join(help_of(capsys).split())
    for verb, words in WORDS.items():
        assert f" {verb} {words[0].lower()}{words[1:].rstrip('.')} " in f"{told} "


@pytest.mark.parametrize("verb", WORDS)
def test_help_of_a_verb_begins_with_the_same_and_ends_with_examples(verb, capsys):
    told = help_of(capsys, verb)
    assert f"\n\n{WORDS[verb]}\n\n" in re.sub(r"(?<=\w)\n(?=\w)", " ", told)
    examples = told.partition("\nexamples:\n")[2].splitlines()
    assert examples
    assert all(line.startswith(f"  python -m analysis {verb} ") for line in examples)
