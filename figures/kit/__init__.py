"""What every figure is made with: house style, words in three languages, axes, one finisher.

``edition`` is language, size and day of publication as one value, ``style`` colours and sizes,
``labels`` the words, ``changes`` the words for a change, ``frames`` what is expected of a frame,
``layout``, ``axes``, ``margin_labels`` and ``forest`` put things in place, ``finish`` ends a
figure and ``save`` writes it with its texts, ``fonts`` serves PDF files.
"""

from figures.kit.edition import LANGUAGES, SIZES, Edition
from figures.kit.finish import KeyEntry, finish
from figures.kit.frames import name_houses
from figures.kit.labels import label
from figures.kit.save import FORMATS, Rendering, save
from figures.kit.style import ANSWER_COLOURS, SECTOR_COLOURS, house_style, new_figure

__all__ = [
    "ANSWER_COLOURS",
    "FORMATS",
    "LANGUAGES",
    "SECTOR_COLOURS",
    "SIZES",
    "Edition",
    "KeyEntry",
    "Rendering",
    "finish",
    "house_style",
    "label",
    "name_houses",
    "new_figure",
    "save",
]
