"""What the library says, in the language of the reader: its errors are English, the checker's remarks are Chinese.

The library speaks to commands and scripts and knows no reader; here its sentences are put beside their translations.
A gap {} is what the library fills in, itself a phrase of the table perhaps. A test reads the library and
fails when a sentence that can be shown is missing here.
"""

import re

from apps.current import ENGLISH, TRADITIONAL, language
from apps.phrasebook import Phrasebook
from apps.texts import say
from charrnn_core.errors import CharRNNError, WeightsError
from poetry.text.hanzi import to_traditional

ERRORS = (
    # What a poem is asked to be
    ("{}; {}", "{0}；{1}"),
    ("line {}, character {}", "第 {0} 句第 {1} 字"),
    ("{}: {} is {}, but {} needs {} there", "{0}：“{1}”是{2}，而{3}这里须用{4}"),
    ("平 (level)", "平声"),
    ("仄 (oblique)", "仄声"),
    ("of unknown tone", "平仄不明的字"),
    ("of both tones", "平仄两读的字"),
    ("{} would admit it", "改用{0}就可以"),
    ("no pattern admits it: change the character or the rhyme", "哪一种格律都不合，请换字或换韵"),
    ("{}: {} would rhyme with itself (重韵)", "{0}：“{1}”与自己押韵（重韵）"),
    ("{}: the rhyme word {} belongs to {}, not to {} (出韵)", "{0}：韵脚“{1}”属{2}，不属{3}（出韵）"),
    ("no group that is known", "不明的韵部"),
    ("a level group", "平声韵部"),
    ("the rhyme words {} belong to no common group (出韵)", "韵脚{0}不在同一韵部（出韵）"),
    ("{} has too few characters for {} rhyme words", "{0}的字太少，不够 {1} 个韵脚"),
    ("{}: both {} and {} are asked for in this slot; give up one", "{0}：又要“{1}”又要“{2}”，请舍去一个"),
    (
        "line {}, character {}: {} was asked for and stays; rewrite another place",
        "第 {0} 句第 {1} 字“{2}”是指定的，保留不改；请改别处",
    ),
    ("unknown rhyme {}; choose one of {}", "没有{0}这个韵部；请选：{1}"),
    ("unknown pattern {}; choose one of {}", "没有{0}这种格律；请选：{1}"),
    (
        "{} has no tone patterns; choose 五绝, 七绝, 五律, 七律 or 排律",
        "{0}没有格律；请选五绝、七绝、五律、七律或排律",
    ),
    (
        "line {}, character {}: no character of the vocabulary fits; choose another rhyme or pattern",
        "第 {0} 句第 {1} 字：没有合适的字；请换韵部或格律",
    ),
    ("{} has no fixed lines, so it cannot be planned; choose another form", "{0}句数不定，不能照格律写；请换一种诗体"),
    ("{} has no character {} in line {}; force another place", "{0}第 {2} 句没有第 {1} 字；请少写几字，或换个位置"),
    (
        "an acrostic of {} needs {} characters, {} were given; give 4 for 绝句, 8 for 律诗",
        "{0}的藏头要 {1} 字，这里是 {2} 字；绝句四字，律诗八字",
    ),
    (
        "a line of {} has places 1 to {} (or -1 to -{}), not {}",
        "{0}一句只有第 1 到 {1} 字（倒数是 -1 到 -{2}），没有 {3}",
    ),
    ("the network takes a title or words, not both; leave out one", "题目和主题只能给一个"),
    ("the number of candidates must be between 1 and {}, not {}", "候选须在 1 与 {0} 之间，不能是 {1}"),
    # Rows of a batch
    ('the row is no JSON object; give such as {"head": "春"}', "这一行不是 JSON 对象；请一行写一个对象"),
    ("the row is nested too deeply; give one flat JSON object", "这一行套得太深；请写一个平的 JSON 对象"),
    ("no JSON ({}); give one object a line", "不是 JSON（{0}）；请一行写一个对象"),
    ("no CSV ({}); mend the row", "不是 CSV（{0}）；请改正这一行"),
    ("the row has {} cells, but there are {} columns; mend it", "这一行有 {0} 格，列只有 {1} 个；请改正"),
    ("there is no field {}; choose among {}", "没有{0}这一项；可用：{1}"),
    ("{} must be {}; mend it or leave it out", "{0} 须是{1}；请改正或不写"),
    ("a number", "数"),
    ("text", "文字"),
    ("{} is not UTF-8 text (byte {}); save it as UTF-8", "{0}不是 UTF-8 文本（第 {1} 字节）；请另存为 UTF-8"),
    # Themes
    ("the theme has more than {} characters; say it shorter", "主题超过 {0} 字；请说短些"),
    (
        "the theme names nothing to write about; name a thing, a place or a feeling in Chinese",
        "主题里没有可写的东西；请用中文说出一物、一地或一种心情",
    ),
    ("no word of verse is near to {}; say it in other words", "诗里没有与“{0}”相近的词；请换个说法"),
    # Poems that are given
    ("there is no Chinese verse in the text; give a poem", "文字里没有诗句；请给一首诗"),
    ("there is no line to check; give a poem", "没有可检查的句子；请给一首诗"),
    ("unknown policy {}; choose one of {}", "没有{0}这种办法；请选：{1}"),
    ("unknown rhyme book {}; choose one of {}", "没有{0}这部韵书；请选：{1}"),
    ("the rhyme book {}.tsv is damaged; install the package again", "韵书 {0}.tsv 坏了；请重新安装"),
    (
        "the gap {} names no line of the poem; write 3, or 3:2-4 for characters 2-4",
        "{0}不是诗里的一句；请写 3，或写 3:2-4（第 2 到 4 字）",
    ),
    ("line {} has characters 1 to {}, not {}", "第 {0} 句只有第 1 到 {1} 字，没有 {2}"),
    ("{}; name a line or characters of the poem, or write {} for them", "{0}；请指明一句或几个字，或在诗里写 {1}"),
    ("{} is not in the poem", "诗里没有{0}"),
    ("no gap", "没有说改哪里"),
    (
        "only a poem in lines of five or of seven Hanzi can be rewritten: 4 lines, 8, or an even number from {} on",
        "只能改写五言或七言的诗：四句、八句，或 {0} 句以上的偶数句",
    ),
    ("the poem has other gaps ({}); fill them first", "诗里还有别的空（{0}）；请先填上"),
    (
        "the poem is no 绝句, 律诗 or 排律 of lines of 5 or 7; give such a poem",
        "这不是五言或七言的绝句、律诗、排律；请给这样的一首",
    ),
    ("the text has {} characters and marks, its plan {} slots", "文字有 {0} 个字和标点，格律却有 {1} 个位置"),
    ("{} poems are too few to find units; give four or more", "{0} 首诗不够找出单元；至少要四首"),
    # Numbers
    ("temperature must be between 0 (greedy) and 100, not {}", "温度须在 0（贪心）与 100 之间，不能是 {0}"),
    ("top-k must be 0 (off) or more, not {}", "top-k 须是 0（不用）或更大，不能是 {0}"),
    ("top-p must be above 0 and at most 1, not {}", "top-p 须大于 0，至多 1，不能是 {0}"),
    ("{} is no list of numbers; write such as 0.2,0.5,1", "{0}不是一串数；请写成 0.2,0.5,1 这样"),
    ("give one to ten numbers between 0.001 and 1000", "请给一到十个数，每个在 0.001 与 1000 之间"),
    ("the temperature must be positive, not {}", "温度须大于 0，不能是 {0}"),
    # The Shakespeare laboratory
    ("the starter is empty; give some text", "开头是空的；请写一点"),
    (
        "{} (U+{}) is not among the network's {} characters; leave it out, or skip such characters with --skip-unknown",
        "{0}（U+{1}）不在网络的 {2} 种字符里；请去掉它",
    ),
    ("an alphabet needs characters, each once", "字符表里须有字符，各一次"),
    ("the text has no {} after {} characters; give a longer --text", "文字在第 {1} 个字符以后没有{0}；请给长些的文字"),
    (
        "{} known characters are too few to find units; give a text of 1,000 or more",
        "只有 {0} 个认识的字符，不够找出单元；至少要 1000 个",
    ),
    ("the text has {} characters; a window needs {} or more", "文字只有 {0} 个字符；训练至少要 {1} 个"),
    ("hidden units, window, rate and clip must be positive", "隐藏单元、窗口、学习率和截断须大于 0"),
    ("dtype must be float32 or float64, not {}", "数的类型须是 float32 或 float64，不能是 {0}"),
    ("unknown head {}; choose one of {}", "没有{0}这种输出；请选：{1}"),
    ("the temperature in training must be positive, not {}", "训练的温度须大于 0，不能是 {0}"),
)

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

_IN_CHINESE, _IN_ENGLISH = Phrasebook(ERRORS), Phrasebook(REMARKS)
_QUOTED = re.compile(r"""(["'])(.*?)\1""")  # how Python shows a text
_LISTED = re.compile(r"(?<=[\u4e00-\u9fff]),? (?=[\u4e00-\u9fff])")


def is_ours(error: Exception) -> bool:
    """Whether an error was meant for the reader. One about a file of weights names a path of this machine."""
    return isinstance(error, CharRNNError) and not isinstance(error, WeightsError)


def error_line(error: Exception) -> str:
    """One line for an error; of one that is not ours it tells nothing."""
    if not is_ours(error):
        return say("broken")
    line = " ".join(str(error).split())
    said = line if language() == ENGLISH else _IN_CHINESE.say(line)
    if said == line:
        return line
    chinese = _LISTED.sub("、", _QUOTED.sub(r"“\2”", said))
    return to_traditional(chinese) if language() == TRADITIONAL else chinese


def remark(why: str) -> str:
    """The reason the checker gives for a fault or a licence."""
    if language() == ENGLISH:
        return _IN_ENGLISH.say(why)
    return to_traditional(why) if language() == TRADITIONAL else why
