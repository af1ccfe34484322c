"""What the library says, in the language of the reader: its errors are English, the checker's remarks are Chinese."""

from apps.chinese import CHINESE_OF
from apps.current import CHINESE, language
from apps.phrasebook import Phrasebook
from apps.texts import say
from charrnn_core.errors import CharRNNError, WeightsError

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
        "第{}句与第{}句第二字平仄须相同，全联失粘（折腰）",
        "character 2 of line {0} should have the tone of that in line {1}; the whole couplet is not joined (折腰)",
    ),
    ("除韵脚外，这里只剩一个平声", "but for the rhyme word, one level tone is left here"),
    ("句末不可三个平声相连", "a line may not end in three level tones"),
    ("拗了，而下句没有救", "a deviation that the next line does not make good"),
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
    ("首句“{}”属{}，是{}的邻韵", "{0}, which ends line 1, belongs to {1}, a neighbour of {2}"),
    ("“{}”属{}，全诗没有共同的韵部", "{0} belongs to {1}; the poem has no common rhyme group"),
    ("“{}”属{}，近体诗押平声韵", "{0} belongs to {1}; regulated verse rhymes in a level tone"),
    ("“{}”属{}，不在{}", "{0} belongs to {1}, not to {2}"),
    ("“{}”属{}，不在{}（严式：每一读都须在内）", "{0} belongs to {1}, not to {2} (strictly, every reading must)"),
    ("不明", "no group that is known"),
)

_IN_ENGLISH = Phrasebook(REMARKS)


def is_ours(error: Exception) -> bool:
    """Whether an error was meant for the reader. One about a file of weights names a path of this machine."""
    return isinstance(error, CharRNNError) and not isinstance(error, WeightsError)


def error_line(error: Exception) -> str:
    """One line for an error; of one that is not ours it tells nothing."""
    if not isinstance(error, CharRNNError) or isinstance(error, WeightsError):
        return say("broken")
    return " ".join(error.phrase.said(CHINESE_OF if language() == CHINESE else None).split())


def remark(why: str) -> str:
    """The reason the checker gives for a fault or a licence."""
    return why if language() == CHINESE else _IN_ENGLISH.say(why)
