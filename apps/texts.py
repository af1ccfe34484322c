"""Every word a person reads in the app, in Chinese and in English; traditional script is converted.

Labels are translated in the browser (gradio's I18n), messages and cards on the server (say); both follow
the browser's language. Terms of verse (七绝, 一东, 失粘) stay Chinese in both, with a gloss where there is room.
"""

from functools import cache

from apps.current import ENGLISH, TRADITIONAL, language
from poetry.text.hanzi import to_traditional

TEXTS: dict[str, tuple[str, str]] = {
    # The page
    "title": ("循环网络作诗", "Verse by recurrent networks"),
    "masthead": (
        "# 循环网络作诗\n\nRNN、GRU、LSTM 写格律诗；全在这台机器上，不联网。",
        "# Verse by recurrent networks\n\n"
        "RNN, GRU and LSTM write regulated Chinese verse, all on this machine, nothing fetched.",
    ),
    "tab_verse": ("作诗", "Verse"),
    "tab_book": ("诗集", "Book"),
    "tab_check": ("格律检查", "Checker"),
    "tab_networks": ("三种网络", "Three networks"),
    "tab_shakespeare": ("莎士比亚", "Shakespeare"),
    "tab_batch": ("批量", "Batch"),
    # Verse
    "head": ("开头的字", "It begins with"),
    "head_info": ("第一个字或第一句，可空", "first character or line, may be empty"),
    "theme": ("主题", "Theme"),
    "theme_info": ("用平常的话说，如：江边送别", "in plain modern Chinese, such as 江边送别"),
    "theme_taken": ("主题取作：{words}", "the theme is taken as {words}"),
    "theme_unknown": ("不认识：{words}", "not understood: {words}"),
    "theme_left": ("没有用上：{words}", "not used: {words}"),
    "stop_mark": ("；", "; "),
    "poem_title": ("题目", "Title"),
    "poem_title_info": ("网络照题目写；与主题二选一", "the network writes about it; instead of a theme"),
    "form": ("诗体", "Form"),
    "form_info": ("绝句四句，律诗八句，排律十句以上", "绝 four lines, 律 eight, 排 ten or more; 五 of 5, 七 of 7"),
    "lines": ("排律句数", "Lines of a 排律"),
    "pattern": ("格律", "Tone pattern"),
    "pattern_info": ("空则由程序选", "平起/仄起: tone of the second character; empty: any"),
    "rhyme": ("韵部（平水韵）", "Rhyme group (平水韵)"),
    "rhyme_info": ("空则由网络选", "empty: the network chooses"),
    "acrostic": ("藏头", "Acrostic"),
    "acrostic_info": ("每句一字：绝句四字，律诗八字", "one character a line: four or eight"),
    "at": ("藏在第几字", "At character"),
    "at_info": ("1 为句首，-1 为句尾", "1: first of the line, -1: last"),
    "cell": ("网络", "Network"),
    "temperature": ("温度", "Temperature"),
    "temperature_info": ("低则稳，高则奇，0 为贪心", "low: safe, high: strange, 0: greedy"),
    "count": ("写几首供挑选", "Poems to choose among"),
    "seed": ("种子", "Seed"),
    "seed_info": ("同一种子同一首诗；空则随机", "same seed, same poem; empty: random"),
    "more": ("更多要求", "More wishes"),
    "write": ("作诗", "Write"),
    "show": ("显示", "Show"),
    "show_tones": ("平仄", "tones"),
    "show_rhymes": ("韵脚", "rhyme words"),
    "tone_marks": (
        "平\u00a0平声　仄\u00a0仄声　◎\u00a0平仄两读　？\u00a0不明",
        "平\u00a0level　仄\u00a0oblique　◎\u00a0either\u00a0reading　？\u00a0unknown",
    ),
    "show_pinyin": ("拼音", "pinyin"),
    "show_traditional": ("繁体", "traditional script"),
    "choose": ("选一首", "Choose one"),
    "line": ("第几句", "Line"),
    "character": ("第几字", "Character"),
    "whole_line": ("整句", "the whole line"),
    "rewrite": ("重写，别处不变", "Rewrite, the rest stays"),
    "others": ("还可以是什么字", "Other characters"),
    "others_here": (
        "第{line}句第{place}字“{character}”还可以是（整首诗的对数概率升降，纳特）：",
        "instead of {character} (line {line}, character {place}), with the change of the poem's log-probability, nats:",
    ),
    "one_character": ("请选一个字", "choose one character"),
    "one_poem": ("请给一首诗", "give one poem"),
    "gap": ("改哪里", "What to rewrite"),
    "nearest": (
        "语料里最近的句子：{line}（同 {shared} 字）",
        "nearest line of the corpus: {line} ({shared} characters alike)",
    ),
    "picture": ("制成图片", "Make a picture"),
    "picture_more": ("图片的样子", "What the picture looks like"),
    "paper": ("纸", "Paper"),
    "paper_plain": ("素笺", "plain"),
    "paper_rice": ("洒金宣纸", "rice paper"),
    "paper_landscape": ("青绿山水", "landscape"),
    "paper_night": ("磁青泥金", "gold on indigo"),
    "size": ("大小", "Size"),
    "size_square": ("方图", "square"),
    "size_phone": ("手机", "phone"),
    "size_scroll": ("长卷", "long scroll"),
    "font": ("字体", "Font"),
    "font_any": ("随意", "any"),
    "font_song": ("宋体", "Song"),
    "font_kai": ("楷体", "Kai"),
    "font_fangsong": ("仿宋", "Fangsong"),
    "font_hei": ("黑体", "Hei"),
    "seal": ("印章", "Seal"),
    "seal_info": ("至多四字，可空", "at most four characters, may be empty"),
    "signature": ("落款", "Signature"),
    "signature_info": ("如：张三书；可空", "such as 张三书; may be empty"),
    "dated": ("写上日期", "with the date"),
    "save_svg": ("存 SVG", "Save as SVG"),
    "save_text": ("存为文本", "Save as text"),
    "save_json": ("存为 JSON", "Save as JSON"),
    "save_picture": ("存图片", "Save the picture"),
    "picture_of": ("竖排诗笺：{title}", "A vertical card: {title}"),
    "card_of": ("第{n}首", "Poem {n}"),
    "rhymes_in": ("押{group}", "rhymes in {group}"),
    "copies": ("语料里有的句子一律不写。", "No line of the corpus is written again."),
    "writing": ("正在写第 {n} 首", "writing poem {n}"),
    "first_write": ("请先作诗", "write a poem first"),
    # To keep, share and print
    "act_copy": ("复制", "Copy"),
    "act_share": ("复制链接", "Copy the link"),
    "act_favour": ("收藏", "Favourite"),
    "act_speak": ("朗读", "Read aloud"),
    "act_print": ("打印", "Print"),
    "done_copy": ("已复制", "copied"),
    "done_share": ("链接已复制；打开它就写出这首诗", "the link is copied; opening it writes this poem"),
    "book_about": (
        "看过的诗和收藏的诗都在这个浏览器里，服务器上什么也不留。",
        "Poems you have seen, and your favourites. They are kept in this browser; the server keeps nothing.",
    ),
    "book_search": ("找：题目、诗体、字句", "Search: title, form, words"),
    "book_liked": ("只看收藏", "favourites only"),
    "book_export": ("导出", "Export"),
    "book_import": ("导入", "Import"),
    "book_clear": ("全部删除", "Delete everything"),
    "book_sure": ("诗集里的诗全部删除，收藏也在内？", "Delete every poem of the book, favourites too?"),
    "book_open": ("打开", "Open"),
    "book_remove": ("删除", "Delete"),
    "book_count": ("{found} 首，共 {all} 首", "{found} of {all} poems"),
    "book_none": ("没有找到", "nothing found"),
    "book_empty": ("还没有诗；写一首，就在这里", "no poems yet; write one and it will be here"),
    "book_brought": ("读到 {n} 首", "{n} poems read"),
    "book_bad": ("这个文件不是导出的诗集", "this file is no book that was exported here"),
    "book_full": ("浏览器里放不下了；导出后删去一些", "the browser has no room left; export the book and delete some"),
    # The gloss
    "gloss": ("英文字义", "Word by word, in English: a gloss, no translation"),
    "gloss_form": (
        "{form}：{lines} 句，每句 {length} 字，一字一音，最后三字之前略停。",
        "{form}: {lines} lines of {length} characters, each of one syllable, with a pause before the last three.",
    ),
    "gloss_free": ("这首诗 {lines} 句，没有定格。", "These {lines} lines are in no fixed form."),
    "gloss_tones": (
        "平声（–）与仄声（|）交替：首联 {first}，{second}；一联两句在第二、四、六字上相对，下一联第二字与上一句相同。",
        "Level (–) and oblique (|) tones alternate, {first} and then {second} in the first two lines: within a couplet "
        "they oppose each other in characters 2, 4 and 6, and each new couplet takes up the second tone of the line "
        "before.",
    ),
    "gloss_tones_broken": (
        "平声（–）与仄声（|）本当交替，首联是 {first}，{second}，有几处与格律不合。",
        "Level (–) and oblique (|) tones should alternate; the first two lines have {first} and then {second}, and "
        "some places of the poem break the pattern.",
    ),
    "gloss_no_tones": ("它没有固定的平仄。", "It follows no fixed pattern of tones."),
    "gloss_rhyme_still": (
        "第 {lines} 句押韵（{words}），同属古韵{group}，今音也还押韵。",
        "Lines {lines} rhyme ({words}): all belong to the old group {group}, and they rhyme in modern Mandarin, too.",
    ),
    "gloss_rhyme_moved": (
        "第 {lines} 句押韵（{words}），同属古韵{group}，今音已经不同。",
        "Lines {lines} rhyme ({words}): all belong to the old group {group}, though in modern Mandarin they have moved "
        "apart.",
    ),
    "gloss_no_rhyme": ("它没有共同的韵部。", "Its lines have no rhyme group in common."),
    "gloss_source": (
        "– 平声，| 仄声，¦ 两读。字义不是翻译：取自 CC-CEDICT（{source}，CC BY-SA 4.0），常用字先列古义。",
        "– level, | oblique, ¦ either. Senses from CC-CEDICT ({source}, CC BY-SA 4.0), for common characters classical "
        "ones first. Which sense is meant is yours to find.",
    ),
    # Checker
    "poem_text": ("诗", "Poem"),
    "poem_text_info": (
        "任何一首诗，有无标点皆可；几首之间空一行",
        "any poem, with or without marks; empty lines divide several",
    ),
    "policy": ("多音字", "Several readings"),
    "policy_usual": ("一读合即可", "one must fit"),
    "policy_strict": ("每读都须合", "every one must fit"),
    "policy_report": ("只标不判", "only mark"),
    "book": ("韵书", "Rhyme book"),
    "check": ("检查", "Check"),
    "marks": (
        "○\u00a0合　◎\u00a0多音　●\u00a0误　?\u00a0不明",
        "○\u00a0fits　◎\u00a0several\u00a0readings　●\u00a0fault　?\u00a0unknown",
    ),
    "needs": (
        "格律：平 须平　仄 须仄　中 可平可仄　韵 平声押韵",
        "pattern: 平 level　仄 oblique　中 either　韵 level, and rhymes",
    ),
    "mend": ("怎样改", "How to mend it"),
    "mends": (
        "第{line}句“{text}”可以改成（点一句就改；数字是整首诗对数概率的升降，纳特）：",
        "instead of line {line}, {text} (press one to take it; the number is the change of the poem's log-probability, "
        "nats):",
    ),
    "mend_left": ("还有 {n} 处毛病", "{n} faults left"),
    "mend_none": ("只改第{line}句改不好", "nothing in line {line} alone would mend it"),
    "no_fault": ("没有毛病。", "No fault."),
    "no_rhyme": ("无韵", "no rhyme"),
    "unknown_rhyme": ("不明", "unknown"),
    # Three networks
    "compare": ("三种网络各写一首", "Write with each network"),
    "surprise": ("平均每字 {nats:.2f} 纳特", "{nats:.2f} nats a character on average"),
    "place": ("写到第几字", "At character"),
    "place_info": ("每种网络此刻认为下一个字是什么", "what each network expects next"),
    "expected_of": ("{cell} 以为的下一个字", "what {cell} expects"),
    "units_heading": ("## 单元在跟踪什么", "## What the units track"),
    "layer": ("第几层", "Layer"),
    "own_poem": ("着色的诗", "Poem to colour"),
    "own_poem_info": ("空则为上面所写的", "empty: the one written above"),
    "tracked_table": ("特征|单元|相关|对照", "feature|unit|r|control"),
    "tracked_note": (
        "在网络自己写的 {n} 首诗的一半上选出单元，在另一半上量相关；对照是把特征打乱后任何单元能到的最大相关。",
        "Each unit was chosen on one half of {n} poems of the network's own and measured on the other half; the "
        "control is the largest correlation of any unit with the feature shuffled.",
    ),
    "position in the line": ("句中第几字", "position in the line"),
    "line of the poem": ("第几句", "line of the poem"),
    "a mark comes": ("该标点了", "a mark comes"),
    "level tone needed": ("该用平声", "level tone needed"),
    "oblique tone needed": ("该用仄声", "oblique tone needed"),
    "rhyme needed": ("该押韵", "rhyme needed"),
    "learning": ("学习曲线", "Learning curves"),
    "updates": ("次更新", "updates"),
    "perplexity": ("验证集每字困惑度", "validation perplexity per Hanzi"),
    # Batch
    "prompts": ("开头，每行一首", "Beginnings, one a row"),
    "prompts_info": (
        "或 CSV：第一行是列名，可用 head, theme, title, form, lines, pattern, rhyme, acrostic, at, temperature, seed；"
        "或 JSON 行，名字相同",
        "or CSV whose first row names columns among head, theme, title, form, lines, pattern, rhyme, acrostic, at, "
        "temperature, seed; or JSON lines with such fields",
    ),
    "prompts_file": ("读一个文件（.txt .csv .jsonl）", "Read a file (.txt .csv .jsonl)"),
    "file_format": ("输出格式", "Format of the file"),
    "write_all": ("全部写出", "Write them all"),
    "column": ("列名", "a column"),
    "rows": ("行数", "the number of rows"),
    "save_file": ("存文件", "Save the file"),
    "batch_done": ("写成 {done} 首，不成 {failed} 首", "{done} poems written, {failed} failed"),
    "not_utf8": ("文件不是 UTF-8 文字", "the file is not UTF-8 text"),
    # Shakespeare
    "snapshot": ("换一个网络", "Another network"),
    "snapshot_info": (
        "课程的 char-rnn-snapshot.npz，或自己训练的 weights.safetensors；不放则用随包的",
        "the course's char-rnn-snapshot.npz or your own weights.safetensors; none: the one that comes along",
    ),
    "upload": ("选一个文件", "Choose a file"),
    "snapshot_shipped": ("用随包的", "Use the one that comes along"),
    "snapshot_read": (
        "读到：{hidden} 个隐藏单元，{characters} 种字符",
        "read: {hidden} hidden units, {characters} characters",
    ),
    "sample": ("抽样", "Sample"),
    "temperatures": ("几个温度", "Temperatures"),
    "temperatures_info": ("逗号分隔，至多四个", "by commas, at most four"),
    "temperatures_count": ("温度的个数", "the number of temperatures"),
    "length": ("写多少字符", "Characters"),
    "kind": ("怎样抽", "How to draw"),
    "kind_info": ("两者分布相同", "both have the same distribution"),
    "complete": ("续写", "Complete"),
    "starter": ("开头", "Starter"),
    "explain": ("解释", "Explain"),
    "explain_starter": ("开头，最后一个字符是 A", "A starter; its last character is A"),
    "following": ("B", "B"),
    "following_info": ("空则取最可能的；换行写 \\n", "empty: the likeliest; write \\n for a line break"),
    "why": ("读完 {a} 之后是 {b} 的概率：{p:.4f}", "p({b} after {a}) = {p:.4f}"),
    "why_units": (
        "哪些单元把 {b} 的分数抬得比平均高",
        "Units that raise {b} above the average logit",
    ),
    "why_weight": (
        "{a} 最着力推动单元 {unit}（权重 {value:+.2f}），它抬高：{raises}",
        "{a} drives unit {unit} hardest (weight {value:+.2f}), which raises: {raises}",
    ),
    "why_ablation": (
        "消融：在 {n} 处 {a} 之后，{b} 的平均概率是 {p:.4f}；去掉一部分以后变化多少",
        "Ablation over {n} contexts that end in {a}: mean p({b}) = {p:.4f}; the change without a part",
    ),
    "why_control": (
        "对照：随机 {n} 个单元里变化最大的是 {largest:+.4f}",
        "Control: of {n} random units the largest change is {largest:+.4f}",
    ),
    "random_units": ("随机单元，变化的绝对值", "random units, mean size of the change"),
    "colour": ("着色", "Colour"),
    "text": ("文字", "Text"),
    "unit": ("第几个单元", "Unit"),
    "unit_info": ("从 0 数起", "counted from 0"),
    "find_units": ("找出可读的单元", "Find readable units"),
    "units_table": (
        "特征|单元|相关|对照|去掉后损失升高：特征在处|别处",
        "feature|unit|r|control|rise of nats without it: where it holds|elsewhere",
    ),
    "newline": ("换行", "a newline"),
    "space": ("空格", "a space"),
    "tab": ("制表符", "a tab"),
    "feature_after a newline": ("刚换行", "after a newline"),
    "feature_position in the line": ("行中第几个字符", "position in the line"),
    "feature_inside a speaker's name": ("在说话人的名字里", "inside a speaker's name"),
    "feature_capital letter": ("大写字母", "capital letter"),
    "feature_vowel": ("元音", "vowel"),
    "feature_length of the word so far": ("单词已有多长", "length of the word so far"),
    "feature_space": ("空格", "space"),
    "colour_legend": ("单元的激活", "activation of the unit"),
    "train": ("现场训练", "Train live"),
    "training_text": ("训练用的文字", "Text to train on"),
    "hidden": ("隐藏单元", "Hidden units"),
    "rate": ("学习率", "Learning rate"),
    "seconds": ("训练几秒", "Seconds"),
    "stop": ("停", "Stop"),
    "windows": ("窗口", "windows"),
    "nats": ("损失（纳特/字符）", "loss, nats a character"),
    "training": ("{seconds:.0f} 秒，损失 {loss:.3f}", "{seconds:.0f} s, loss {loss:.3f}"),
    "trained": ("练完：{seconds:.0f} 秒，损失 {loss:.3f}", "done: {seconds:.0f} s, loss {loss:.3f}"),
    "trained_here": (
        "抽样、续写、解释、着色用的是现场训练的网络",
        "the network trained here is now sampled, completed, explained and coloured",
    ),
    # Faults and licences, with a gloss
    "出韵": ("出韵", "出韵: a rhyme word of another group"),
    "重韵": ("重韵", "重韵: a rhyme word used twice"),
    "失对": ("失对", "失对: a couplet's lines do not oppose"),
    "失粘": ("失粘", "失粘: couplets are not joined"),
    "孤平": ("孤平", "孤平: a lone level tone"),
    "三平尾": ("三平尾", "三平尾: three level tones at the end"),
    "拗而不救": ("拗而不救", "拗而不救: a deviation not made good"),
    "失律": ("失律", "失律: against the line's type"),
    "多音": ("多音", "多音: not every reading fits"),
    "对句拗救": ("对句拗救", "对句拗救: made good in the next line"),
    "孤平拗救": ("孤平拗救", "孤平拗救: made good in the line"),
    "特拗": ("特拗", "特拗: a licence of old"),
    "三仄尾": ("三仄尾", "三仄尾: three oblique tones at the end, allowed"),
    "首句借邻韵": ("首句借邻韵", "首句借邻韵: the first line borrows a neighbouring rhyme"),
    "left_out": ("不算诗句，略去：{what}", "taken for no verse: {what}"),
    "半拗": ("半拗", "半拗: a small deviation"),
    "仄韵": ("仄韵", "仄韵: oblique rhymes"),
    "折腰体": ("折腰体", "折腰体: two halves that are not joined"),
    "进退格": ("进退格", "进退格: two neighbouring rhymes in turn"),
    "辘轳格": ("辘轳格", "辘轳格: two neighbouring rhymes, one after the other"),
    "孤雁出群": ("孤雁出群", "孤雁出群: the last rhyme is a neighbour"),
    "合律": ("合律", "合律: regular"),
    "变格": ("变格", "变格: a known variety"),
    "出律": ("出律", "出律: it breaks a rule"),
    "古体": ("古体", "古体: old style"),
    "无格律": ("无格律", "无格律: no tone pattern"),
    # Errors
    "error": ("不成", "Not possible"),
    "bad_file_name": (
        "文件名空缺、太长或有不可见的字符",
        "the file's name is empty, too long or not printable",
    ),
    "file_too_large": ("文件至多 {most} MB", "a file may have at most {most} MB"),
    "gap_too_large": ("一次至多改 {most} 字", "at most {most} characters can be written anew at once"),
    "not_a_file": ("没有文件", "there is no file"),
    "not_text": ("“{name}”不是文字", "“{name}” is not text"),
    "too_long": ("“{name}”有 {length} 字，至多 {longest} 字", "“{name}” has {length} characters; at most {longest}"),
    "bad_character": ("“{name}”里有不可见的字符 {character}", "“{name}” holds {character}, which cannot be shown"),
    "out_of_range": ("“{name}”须在 {low} 与 {high} 之间", "“{name}” must be between {low} and {high}"),
    "no_such_choice": ("“{name}”须是其中之一：{choices}", "“{name}” must be one of: {choices}"),
    "not_a_flag": ("“{name}”须是 true 或 false", "“{name}” must be true or false"),
    "empty": ("“{name}”是空的", "“{name}” is empty"),
    "mood": ("心情", "Mood"),
    "mood_cheerful": ("欢", "cheerful"),
    "mood_neutral": ("平", "neutral"),
    "mood_sad": ("愁", "sad"),
    "mood_any": ("不管", "any"),
    "mood_measured": (
        "量心情：欢 {cheerful} 处，愁 {sad} 处",
        "mood measured: {cheerful} cheerful, {sad} sad words",
    ),
    "no_network": ("没有装 {cell} 网络；现有：{cells}", "the {cell} network is not installed; there is: {cells}"),
    "no_snapshot": (
        "这个文件不是能读的网络；请给 char-rnn-snapshot.npz 或 weights.safetensors",
        "this file is no network that can be read; give char-rnn-snapshot.npz or weights.safetensors",
    ),
    "too_many_units": ("网络太大，至多 {most} 个隐藏单元", "the network is too large: at most {most} hidden units"),
    "unknown_character": ("网络不认识{character!r}", "the network does not know {character!r}"),
    "no_font": (
        "系统里没有中文字体；装一种（如 Noto CJK），或启动时加 --font 字体文件",
        "no Chinese font is installed; install one (such as Noto CJK), or start the app with --font FILE",
    ),
    "no_glyph": (
        "没有一种字体有这些字：{characters}；启动时加 --font 指定别的字体",
        "no font has these characters: {characters}; start the app with --font and another one",
    ),
    "time_up": ("太久了，停了下来；要求少些再试", "it took too long and was stopped; ask for less"),
    "broken": ("程序出错，没有写成；请换个要求再试", "something went wrong inside; try another wish"),
}


def dictionaries() -> dict[str, dict[str, str]]:
    """The texts by the locales that gradio knows of these languages; it takes zh-SG or zh-Hans-CN for English."""
    chinese = {key: pair[0] for key, pair in TEXTS.items()}
    return {
        "en": {key: pair[1] for key, pair in TEXTS.items()},
        "zh-CN": chinese,
        "zh-TW": {key: to_traditional(text) for key, text in chinese.items()},
    }


def say(key: str, **values: object) -> str:
    """A text in the language of the request being served."""
    return _in(language(), key).format(**{name: plain(value) for name, value in values.items()})


@cache
def _in(language: str, key: str) -> str:
    chinese, english = TEXTS[key]
    return english if language == ENGLISH else to_traditional(chinese) if language == TRADITIONAL else chinese


def plain(value: object) -> object:
    """A number as a person writes it, without an exponent; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
