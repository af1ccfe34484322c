"""What the library says, in the language of the reader: its errors, and why the checker found a fault or a licence."""

from apps.chinese import CHINESE_OF
from apps.current import ENGLISH, TRADITIONAL, language
from apps.limits import FieldError
from apps.texts import say
from charrnn_core.errors import CharRNNError, Phrase, WeightsError
from poetry.text.hanzi import to_traditional

# Fields of the page by what an error calls them, or else by its sentence.
FIELDS = {
    "the beginning of the poem": "head",
    "the acrostic": "acrostic",
    "the title": "poem_title",
    "the theme": "theme",
    "temperature": "temperature",
    "at": "at",
    "lines": "lines",
    "seed": "seed",
    "{name} has {lines} lines, which cannot hide {count} characters; leave the form open or give fewer": "acrostic",
    "the acrostic holds no Chinese character; {advice}": "acrostic",
    "unknown spread {name!r}; choose one of {choices}": "spread",
    "a row of 绝句 that hides {count} characters is several poems; spread them over the lines of one": "spread",
    "a line of {name} has places 1 to {length} (or -1 to -{length}), not {at}": "at",
    "give a theme or a title, not both": "theme",
    "the theme has more than {longest} characters; say it shorter": "theme",
    "the theme names nothing to write about; name a thing, a place or a feeling in Chinese": "theme",
    "no word of verse is near to {words}; say it in other words": "theme",
    "the seed must be between 0 and 2^63 - 1, not {given}": "seed",
    "--lines is for 五排 and 七排: an even number from {low} to {high}": "lines",
    "unknown form {name!r}; choose one of {choices}": "form",
    "unknown pattern {pattern!r}; choose one of {choices}": "pattern",
    "unknown rhyme {name!r}; choose one of {choices}": "rhyme",
    "unknown mood {name!r}; choose one of {choices}": "mood",
    "{place}: {character} was asked for and stays; rewrite another place": "line",
    "{place}: no character of the vocabulary fits; choose another rhyme or pattern": "line",
}


def is_ours(error: Exception) -> bool:
    """Whether an error was meant for the reader. One about a file of weights names a path of this machine."""
    return isinstance(error, CharRNNError) and not isinstance(error, WeightsError)


def error_line(error: Exception) -> str:
    """One line for an error; of one that is not ours it tells nothing."""
    if not isinstance(error, CharRNNError) or isinstance(error, WeightsError):
        return say("broken")
    if isinstance(error, FieldError):
        return str(error)
    return " ".join(phrase_line(error.phrase).split())


def phrase_line(phrase: Phrase) -> str:
    """A phrase of the library in the language of the reader."""
    line = phrase.said(None if language() == ENGLISH else CHINESE_OF)
    return to_traditional(line) if language() == TRADITIONAL else line


def field_of(error: Exception) -> str:
    """Which field of the page an error is about, by the key of its label; empty where it is about none."""
    if isinstance(error, FieldError):
        return error.field
    if not isinstance(error, CharRNNError):
        return ""
    what = error.values.get("what")
    return FIELDS.get(what.key if isinstance(what, Phrase) else error.key, "")
