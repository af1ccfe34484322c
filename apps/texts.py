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
    "said": ("想写什么", "What about"),
    "said_info": ("一个主题、名字、句子或字", "a theme, a name, a line or a character, in Chinese"),
    "read_as": ("读法", "Read as"),
    "read_as_any": ("自动", "as it looks"),
    "read_as_theme": ("作主题", "a theme"),
    "read_as_acrostic": ("作藏头", "an acrostic"),
    "read_as_head": ("作开头", "a beginning"),
    "read_as_begun": ("作前几句", "the first lines"),
    "taken_acrostic": ("当作藏头：{words}", "read as an acrostic: {words}"),
    "taken_head": ("当作开头：{words}", "read as the beginning: {words}"),
    "taken_begun": ("当作前几句：{words}", "read as the first lines: {words}"),
    "cannot_hide": ("藏不了：{words}", "cannot be hidden: {words}"),
    "hide_instead": ("改藏“{text}”", "hide {text}"),
    "instead": ("可以这样：", "Instead:"),
    "address": ("地址", "Address"),
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
    "form_any": ("随藏头字数，否则七绝", "七绝, or what an acrostic needs"),
    "plan": ("提纲", "Plan"),
    "plan_info": ("每句一个词，- 由网络定", "a key word a line, - for one left open"),
    "form_info": ("绝句四句，律诗八句，排律十句以上", "绝 four lines, 律 eight, 排 ten or more; 五 of 5, 七 of 7"),
    "lines": ("排律句数", "Lines of a 排律"),
    "pattern": ("格律", "Tone pattern"),
    "pattern_info": ("空则由程序选", "平起/仄起: tone of the second character; empty: any"),
    "rhyme": ("韵部（平水韵）", "Rhyme group (平水韵)"),
    "rhyme_info": ("空则由网络选", "empty: the network chooses"),
    "acrostic": ("藏头", "Acrostic"),
    "acrostic_info": ("名字、祝福，几个字都可以", "a name or a greeting of any length, a character a line"),
    "spread": ("藏在", "Hidden in"),
    "spread_first": ("前几句", "the first lines"),
    "spread_last": ("末几句", "the last lines"),
    "spread_row": ("一组绝句", "a row of 绝句"),
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
    "desk": ("案头", "Desk"),
    "desk_info": (
        "点一个字，看还可以是什么；直接打字就改；↻ 重写这一句，锁住的句子不动。",
        "Press a character to see what else it could be, or type over it; ↻ rewrites its line; locked lines stay.",
    ),
    "desk_unknown": ("不知道要做什么；请刷新页面", "that is nothing the desk knows; load the page again"),
    "only_hanzi": ("每处只能是一个汉字", "each place takes one Chinese character"),
    "undo": ("撤销", "Undo"),
    "redo": ("重做", "Redo"),
    "rewrite_rest": ("重写没锁的句子", "Rewrite what is not locked"),
    "rewrite_line": ("重写第{line}句", "Rewrite line {line}"),
    "lock_line": ("锁住第{line}句", "Lock line {line}"),
    "cell_of": ("第{line}句第{place}字", "Line {line}, character {place}"),
    "mended": ("补好", "mends a fault"),
    "chips_info": (
        "网络先写的提纲，每句一个词：可以改、锁住、换，再照它写。",
        "The plan that the network wrote first, a word a line: change, fix or redraw words, then write by them.",
    ),
    "words_anew": ("换没锁的词", "Draw other words"),
    "write_by_words": ("照这些词写", "Write by these words"),
    "word_of": ("第{line}句的词", "Word of line {line}"),
    "fix_word": ("锁住第{line}句的词", "Fix the word of line {line}"),
    "candidates_here": (
        "选一句（整首诗的对数概率升降，纳特）：",
        "Take one (with the change of the poem's log-probability, nats):",
    ),
    "others_here": (
        "第{line}句第{place}字“{character}”还可以是（整首诗的对数概率升降，纳特）：",
        "instead of {character} (line {line}, character {place}), with the change of the poem's log-probability, nats:",
    ),
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
    "unknown_characters": ("网络不认识：{characters}", "unknown to the network: {characters}"),
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
    "whose": ("读谁的诗", "Whose poem they read"),
    "whose_info": (
        "各读各的，或三种网络读同一首，比一比同一处各以为下一个字是什么",
        "each its own, or all three the same, to compare what they expect at one place",
    ),
    "whose_own": ("各读各的", "each its own"),
    "whose_pasted": ("贴的诗", "the pasted one"),
    "project": ("投影", "Project"),
    "project_info": ("大字，只有这一段；再点一次退出", "large type, this part alone; once more to leave"),
    "step_back": ("◀ 上一字", "◀ Back"),
    "step_forth": ("下一字 ▶", "Next ▶"),
    "character_read": ("字符", "character"),
    "told_heading": (
        "训练时（和不挑选地写诗时），每个槽位该平该仄、押哪一部韵，是**告诉**网络的：跟着它们走的单元说明不了什么。"
        "不告诉，仍跟着走的，才是从字里读出来的。",
        "In training, and in writing without a choice, the tone and the rhyme of each slot are **told** to a network: "
        "a unit that follows them shows nothing. One that follows them untold has read them out of the characters.",
    ),
    "told": ("平仄与韵", "Tones and rhymes"),
    "told_yes": ("告诉", "told"),
    "told_no": ("不告诉", "untold"),
    "now_told": ("平仄与韵告诉了网络。", "Tones and rhymes were told."),
    "now_untold": ("平仄与韵没有告诉网络。", "Tones and rhymes were not told."),
    "passage": ("一段", "Passage"),
    "passage_info": ("找相似的用；须在那首诗里", "to find what is alike; it must stand in the poem"),
    "not_in_poem": ("诗里没有“{passage}”", "“{passage}” does not stand in the poem"),
    "alike": ("相似的段落", "Similar passages"),
    "alike_heading": (
        "挑一个单元和一段文字，在网络自己写的文字里找这个单元也这样变的地方。",
        "Choose a unit and a passage: where else, in a text of the network's own, does the unit do the same?",
    ),
    "alike_note": (
        "第一行是 h[{unit}] 在“{passage}”上的样子；往下是最像的段落，数字是相差多少（均方根）",
        "The first line is h[{unit}] along “{passage}”; below it the nearest passages, each with its distance "
        "(root of the mean square)",
    ),
    "alike_table": ("相差|前文|段落|后文", "distance|before|passage|after"),
    "gates": ("诗上的门", "Gates over the poem"),
    "no_gates": (
        "{cell} 没有门：每一步重写整个状态；请选 GRU 或 LSTM",
        "the {cell} has no gates: each step writes the whole state anew; choose GRU or LSTM",
    ),
    "gate_of": ("第 {layer} 层 {gate}", "layer {layer}, {gate}"),
    "gate_mean": ("{gate}，全部单元的平均", "{gate}, mean of all units"),
    "gate_forget": ("遗忘门", "forget gate"),
    "gate_input": ("输入门", "input gate"),
    "gate_output": ("输出门", "output gate"),
    "gate_update": ("更新门", "update gate"),
    "gate_reset": ("重置门", "reset gate"),
    "gates_table": ("门|平均|关着（< 0.1）|开着（> 0.9）", "gate|mean|shut (< 0.1)|open (> 0.9)"),
    "gates_note": (
        "每个字上是读进前一个字时的门；遗忘门、更新门开着，记忆就留着。每个门先列平均，再列起伏最大的三个单元。",
        "At each character stand the gates of the step that reads the one before it; where forget or update gate is "
        "open, the memory stays. Of each gate first the mean, then the three units that swing most.",
    ),
    "saturated": (
        "这一层的激活有 {share:.1%} 是 |h| > 0.9。普通 RNN 的 tanh 在那里是平的，梯度几乎过不去；"
        "有门的单元另有一条加法的路。",
        "{share:.1%} of this layer's activations have |h| > 0.9. There a plain RNN's tanh is flat and lets hardly any "
        "gradient through; cells with gates have a path of additions beside it.",
    ),
    "saturated_tanh": (
        "激活有 {share:.1%} 是 |h| > 0.9：tanh 在那里是平的，梯度几乎过不去。课程的快照是 97.5 %，随包的网络约 75 %。",
        "{share:.1%} of the activations have |h| > 0.9, where tanh is flat and lets hardly any gradient through. The "
        "course's snapshot has 97.5 %, the network that comes along about 75 %.",
    ),
    "layer": ("第几层", "Layer"),
    "own_poem": ("看哪首诗", "Poem to look at"),
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
        "或 CSV：第一行是列名，可用 head, theme, title, plan, style, mood, form, lines, pattern, rhyme, acrostic, at, "
        "spread, temperature, seed；"
        "或 JSON 行，名字相同",
        "or CSV whose first row names columns among head, theme, title, plan, style, mood, form, lines, pattern, "
        "rhyme, acrostic, at, spread, temperature, seed; or JSON lines with such fields",
    ),
    "prompts_file": ("读一个文件（.txt .csv .jsonl）", "Read a file (.txt .csv .jsonl)"),
    "file_format": ("输出格式", "Format of the file"),
    "write_all": ("全部写出", "Write them all"),
    "column": ("列名", "a column"),
    "rows": ("行数", "the number of rows"),
    "save_file": ("存文件", "Save the file"),
    "line_of_list": ("第 {line} 行：{why}", "line {line}: {why}"),
    "batch_done": ("写成 {done} 首，不成 {failed} 首", "{done} poems written, {failed} failed"),
    "read_as_gb18030": ("文件不是 UTF-8，按 GB18030 读了", "The file is not UTF-8: it was read as GB18030"),
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
    "reach": ("梯度走多远", "Reach of a gradient"),
    "reach_heading": (
        "在文字里选一处：下一个字符的损失，对前面每个字符的梯度有多长？那就是网络在这一处能学到多远。",
        "Choose a place in the text: how long is the gradient of the next character's loss by each character before "
        "it? So far back the network can learn from this place.",
    ),
    "reach_place": ("第几个字符", "At character"),
    "reach_place_info": (
        "从 1 数起；看它后面那个字符的损失",
        "counted from 1; the loss is that of the character after it",
    ),
    "reach_of": (
        "下一个字符 {next} 的损失对每个字符的梯度 ‖dL/dx‖",
        "‖dL/dx‖: the gradient of the loss of the next character, {next}, by each character",
    ),
    "characters_back": ("个字符以前", "characters back"),
    "gradient_length": ("梯度的长度 ‖dL/dx‖", "length of the gradient ‖dL/dx‖"),
    "train": ("现场训练", "Train live"),
    "training_text": ("训练用的文字", "Text to train on"),
    "hidden": ("隐藏单元", "Hidden units"),
    "rate": ("学习率", "Learning rate"),
    "seconds": ("训练几秒", "Seconds"),
    "stop": ("停", "Stop"),
    "windows": ("窗口", "windows"),
    "nats": ("损失（纳特/字符）", "loss, nats a character"),
    "gradient_norm": ("梯度的范数（截断前）", "norm of the gradient before clipping"),
    "update_to_weight": ("每步相对权重的大小 ‖step‖ / ‖weights‖", "‖step‖ / ‖weights‖"),
    "training": ("{seconds:.0f} 秒，损失 {loss:.3f}", "{seconds:.0f} s, loss {loss:.3f}"),
    "trained": ("练完：{seconds:.0f} 秒，损失 {loss:.3f}", "done: {seconds:.0f} s, loss {loss:.3f}"),
    "trained_here": (
        "抽样、续写、解释、着色用的是现场训练的网络",
        "the network trained here is now sampled, completed, explained and coloured",
    ),
    # The page for programmers
    "api_title": ("程序接口", "For programs"),
    "api_calling": (
        "先 POST 得到一个编号（event_id），再用编号 GET 结果：一串事件，最后一个是 complete，数据是只有一项的列表，"
        "或是 error。得到编号以后 10 秒内开始听。说明照 Accept-Language 用中文或英文。",
        "POST to get an event_id, then GET the result by it: a stream of events that ends in complete, whose data is a "
        "list of one result, or in error. Begin to listen within 10 seconds. Messages are in the language of "
        "Accept-Language.",
    ),
    "api_generate": (
        "写诗。给出列表，每首有 form lines text seed score，题目和主题词若有也在内。",
        "Write poems. Gives a list; each has form, lines, text, seed, score, and title and words where there are any.",
    ),
    "api_check": (
        "检查诗的格律。给出列表，每首诗一份报告。",
        "Check the rules of verse. Gives a list with a report for each poem.",
    ),
    "api_rewrite": (
        "改写一首诗：gap 写 3（一句）或 3:2-4（几个字），逗号分隔；诗里也可写 □。给出一首诗。",
        "Rewrite a poem where gap says (3 is a line, 3:2-4 characters, by commas) or where it has □. Gives a poem.",
    ),
    "api_complete": (
        "莎士比亚的网络接着写。给出文字。",
        "The Shakespeare network goes on from a starter. Gives text.",
    ),
    "api_name": ("参数", "parameter"),
    "api_may_be": ("可取", "may be"),
    "api_unless": ("省略则为", "unless given"),
    "api_required": ("必须写", "required"),
    "api_errors": ("出错", "Errors"),
    "api_errors_told": (
        "error 事件的数据有 code、parameter（哪个参数有错，没有则为 null）、message，和 instead：写不成的诗可以怎样改，"
        "近的在前，每条有 said（一句话）和 changes（要改的参数；照改再问，就有诗）。"
        "不接的请求另有状态码，内容有 code、message。",
        "The data of an error event has code, parameter (the one at fault, or null), message, and instead: what can be "
        "done where a poem cannot be, the nearest first, each with said (a line) and changes (parameters; asked again "
        "with them, there is a poem). A request that is not taken has a status, and a body with code and message.",
    ),
    "code_empty": ("空的", "it is empty"),
    "code_not_text": ("不是文字", "it is no text"),
    "code_too_long": ("太长", "it is too long"),
    "code_bad_character": ("有不可见的字符", "it holds a character that cannot be shown"),
    "code_out_of_range": ("数超出范围，或不是数", "it is out of range, or no number"),
    "code_no_such_choice": ("不是可取的值之一", "it is none of the values there are"),
    "code_not_a_flag": ("不是 true 或 false", "it is neither true nor false"),
    "code_gap_too_large": ("一次要改的字太多", "too many characters to be written anew at once"),
    "code_one_poem": ("须恰好一首诗", "exactly one poem is wanted"),
    "code_impossible": ("看不懂或做不到的要求", "a wish that cannot be read or cannot be fulfilled"),
    "code_time_up": ("太久，停了", "it took too long and was stopped"),
    "code_failed": ("系统不让做（如磁盘满）", "the system refused, such as a full disk"),
    "code_broken": ("程序出错", "something went wrong inside"),
    "code_bad_request": ("请求不成样子：字段、JSON、编号", "the request is malformed: a field, its JSON, a name"),
    "code_forbidden": ("别的网站的页面，或没有上传过的文件", "a page of another site, or a file that was not uploaded"),
    "code_not_found": ("没有这个地址、接口或编号", "there is no such address, endpoint or event"),
    "code_wrong_method": ("这个地址不接这种方法", "this address knows no such method"),
    "code_too_slow": ("没有及时发完", "the request was not sent in time"),
    "code_too_large": ("请求太大", "the request is too large"),
    "code_not_json": ("不是 application/json", "the body is not application/json"),
    "code_unknown_host": (
        "Host 不是这台服务器的名字（--allowed-host）",
        "Host is no name of this server (--allowed-host)",
    ),
    "code_busy": ("排队的人满了，稍后再试", "as many wait as may; try again in a moment"),
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
    "broken": ("程序出错，没有写成；请换个要求再试", "something went wrong inside; try another wish"),
}


def dictionaries() -> dict[str, dict[str, str]]:
    """The texts by the locales that gradio knows of these languages; apps.spoken tells the page which is its own."""
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
