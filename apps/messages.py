"""What the library says, in the language of the reader: its errors are English, the checker's remarks are Chinese."""

from apps.chinese import CHINESE_OF
from apps.current import ENGLISH, TRADITIONAL, language
from apps.limits import FieldError
from apps.phrasebook import Phrasebook
from apps.texts import say
from charrnn_core.errors import CharRNNError, Phrase, WeightsError
from poetry.text.hanzi import to_traditional

REMARKS = (
    ("第{}句：{}", "line {0}: {1}"),
    ("第{}句第{}字“{}”应{}：{}", "line {0}, character {1}, {2}, should be {3}: {4}"),
    ("平", "level"),
    ("仄", "oblique"),
    ("一联两句在第二、四、六字上平仄须相对", "the two lines of a couplet oppose each other in characters 2, 4 and 6"),
    (
        "下联首句与上联末句第二字平仄须相同",
        "character 2 of a couplet's first line has the tone of that in the line before",
    ),
    (
        "第{}句与第{}句第二字平仄须相同，全联失粘",
        "character 2 of line {0} should have the tone of that in line {1}; the whole couplet is not joined",
    ),
    (
        "第{}句与第{}句第二字平仄不同，中间失粘，两半各自合律",
        "character 2 of line {0} has another tone than that in line {1}: the two halves are not joined",
    ),
    ("除韵脚外，这里只剩一个平声", "but for the rhyme word, one level tone is left here"),
    ("句末不可三个平声相连", "a line may not end in three level tones"),
    (
        "第四字（七言第六字）拗了，下句第三字（七言第五字）须用平声相救",
        "oblique for level in the last place but one, to be made good by level in the third of the next line",
    ),
    (
        "第三字（七言第五字）该平用仄，可救可不救，这里没有救",
        "oblique for level in the third of five: it need not be made good, and is not",
    ),
    ("与所属句式不合", "it does not fit the type of its line"),
    ("严式要求每一读都合", "the strict way asks that every reading fits"),
    ("本句拗，下句第三字（七言第五字）用平声相救", "a deviation, made good by a level tone in the next line"),
    (
        "首字（七言第三字）该平用仄，第三字（七言第五字）改平相救",
        "oblique for level, made good by a level tone two characters on",
    ),
    (
        "“平平平仄仄”作“平平仄平仄”，唐人常用",
        "level level oblique level oblique for level level level oblique oblique, common in Tang verse",
    ),
    ("句末三个仄声相连，可用，宜避", "three oblique tones at the end, allowed but better avoided"),
    ("韵脚“{}”用了两次", "the rhyme word {0} is used twice"),
    ("首句“{}”属{}，是{}的邻韵（孤雁入群）", "{0}, which ends line 1, belongs to {1}, a neighbour of {2}"),
    ("{}与{}为邻韵：{}", "{0} and {1} are neighbours: {2}"),
    (
        "各句字数 {}：不是五言、七言的绝句、律诗、排律，没有检查平仄",
        "lines of {0} characters: no 绝句, 律诗 or 排律 of 5 or 7, so its tones are not judged",
    ),
    ("末联的韵脚独用邻韵", "the last couplet alone rhymes in the other"),
    ("两个韵部隔联相间", "the couplets rhyme in turn in the one and the other"),
    ("前两联一韵，后两联一韵", "two couplets rhyme in the one, then two in the other"),
    (
        "偶句都以仄声收尾，近体诗押平声韵，所以不按近体论平仄",
        "the even lines end in oblique tones, and regulated verse rhymes in level ones: its tones are not judged",
    ),
    (
        "偶句都以仄声收尾，近体诗押平声韵，所以不按近体论平仄；八句的或是古体，或是词（如{}）",
        "the even lines end in oblique tones, and regulated verse rhymes in level ones: its tones are not judged; "
        "eight such lines are old style, or a ci such as {0}",
    ),
    ("“{}”属{}，全诗没有共同的韵部", "{0} belongs to {1}; the poem has no common rhyme group"),
    ("“{}”属{}，近体诗押平声韵", "{0} belongs to {1}; regulated verse rhymes in a level tone"),
    ("“{}”属{}，不在{}", "{0} belongs to {1}, not to {2}"),
    ("“{}”属{}，不在{}（严式：每一读都须在内）", "{0} belongs to {1}, not to {2} (strictly, every reading must)"),
    ("不明", "no group that is known"),
)

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

_IN_ENGLISH = Phrasebook(REMARKS)


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


def remark(why: str) -> str:
    """The reason the checker gives for a fault or a licence."""
    if language() == ENGLISH:
        return _IN_ENGLISH.say(why)
    return to_traditional(why) if language() == TRADITIONAL else why
