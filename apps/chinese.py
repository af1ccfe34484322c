"""What the library says, in Chinese, by its English sentence (charrnn_core.errors): errors, and the checker's reasons.

A test reads every sentence that is said and fails when it is missing here or has other gaps.
"""

from poetry.prosody.reasons import CHINESE

CHINESE_OF: dict[str, str] = {
    **CHINESE,
    "it took too long and was stopped; ask for less": "太久了，停了下来；要求少些再试",
    # Fields and places
    "the beginning of the poem": "开头",
    "the acrostic": "藏头",
    "the title": "题目",
    "the plan": "主题词",
    "a key word": "主题词",
    "the theme": "主题",
    "the poem": "诗",
    "the text to continue": "要接着写的诗句",
    "--force": "--force",
    "at": "藏在第几字",
    "lines": "句数",
    "seed": "种子",
    "temperature": "温度",
    "line {line}, character {character}": "第 {line} 句第 {character} 字",
    # What a poem is asked to be
    "{what} is empty; give Chinese characters or leave it out": "{what}是空的；请写汉字或不写",
    "{what} holds {character!r} (U+{code:04X}), which is no Chinese character; give Chinese characters only": (
        "{what}里的“{character}”（U+{code:04X}）不是汉字；请只写汉字"
    ),
    "{what} has more than {longest} characters; give fewer": "{what}超过 {longest} 字；请少写些",
    "{what} holds half of a character (a lone surrogate); type it again": "{what}里有半个字符；请重新输入",
    "{what} holds U+{code:04X}, which is no character of a text; type it again": (
        "{what}里有 U+{code:04X}，不是文字；请重新输入"
    ),
    "{what} is {given}, which is no text; mend it or leave it out": "{what}是 {given}，不是文字；请改正或不写",
    "{what} is {given!r}, which is no whole number; mend it or leave it out": (
        "{what}是“{given}”，不是整数；请改正或不写"
    ),
    "{what} is {given!r}, which is no number; mend it or leave it out": "{what}是“{given}”，不是数；请改正或不写",
    "the seed must be between 0 and 2^63 - 1, not {given}": "种子须在 0 与 2^63 - 1 之间，不能是 {given}",
    "unknown form {name!r}; choose one of {choices}": "没有“{name}”这种诗体；请选：{choices}",
    "unknown style {name!r}; choose one of {choices}": "没有“{name}”这种风格；请选：{choices}",
    "unknown mood {name!r}; choose one of {choices}": "没有“{name}”这种心情；请选：{choices}",
    "{place}: {character} was asked for and stays; rewrite another place": (
        "{place}“{character}”是指定的，保留不改；请改别处"
    ),
    "the plan holds no word; give one or two Hanzi for each line, - for a line left open": (
        "没有主题词；请每句写一两个字，空着的句子写 -"
    ),
    "{given} key words are too many for {form}; give at most one a line": (
        "{given} 个主题词，{form}没有这么多句；请每句至多一个"
    ),
    "--lines is for 五排 and 七排: an even number from {low} to {high}": (
        "句数只用于五排和七排：{low} 到 {high} 的偶数"
    ),
    "free verse has no acrostic, pattern, rhyme or forced character; leave out one or the other": (
        "自由体没有藏头、格律、韵部和嵌字；请舍去一样"
    ),
    "a pattern or a rhyme is a rule; leave out --policy none": "格律和韵部就是规则；请不要用 --policy none",
    "give a theme or a title, not both": "主题和题目只能给一个",
    "--force {given!r} is not understood; write LINE:PLACE=CHARACTER, such as 4:7=楼": (
        "看不懂 --force“{given}”；请写 句:字=汉字，如 4:7=楼"
    ),
    "the text to continue holds no Chinese characters; give the lines the poem begins with": (
        "要接着写的诗句里没有汉字；请给开头的几句"
    ),
    "{reason}; {advice}": "{reason}；{advice}",
    "{place}: {character} is {own}, but {pattern} needs {need} there": (
        "{place}：“{character}”是{own}，而{pattern}这里须用{need}"
    ),
    "平 (level)": "平声",
    "仄 (oblique)": "仄声",
    "of unknown tone": "平仄不明的字",
    "of both tones": "平仄两读的字",
    "{patterns} would admit it": "改用{patterns}就可以",
    "no pattern admits it: change the character or the rhyme": "哪一种格律都不合，请换字或换韵",
    "{place}: {word} would rhyme with itself (重韵)": "{place}：“{word}”与自己押韵（重韵）",
    "{place}: the rhyme word {word} belongs to {own}, not to {wanted} (出韵)": (
        "{place}：韵脚“{word}”属{own}，不属{wanted}（出韵）"
    ),
    "no group that is known": "不明的韵部",
    "a level group": "平声韵部",
    "the rhyme words {words} belong to no common group (出韵)": "韵脚{words}不在同一韵部（出韵）",
    "every level group": "每个平声韵部",
    "{group} has too few characters for {count} rhyme words": "{group}的字太少，不够 {count} 个韵脚",
    "{place}: both {one} and {other} are asked for in this slot; give up one": (
        "{place}：又要“{one}”又要“{other}”，请舍去一个"
    ),
    "unknown rhyme {name!r}; choose one of {choices}": "没有“{name}”这个韵部；请选：{choices}",
    "unknown pattern {pattern!r}; choose one of {choices}": "没有“{pattern}”这种格律；请选：{choices}",
    "{name} has no tone patterns; choose 五绝, 七绝, 五律, 七律 or 排律": (
        "{name}没有格律；请选五绝、七绝、五律、七律或排律"
    ),
    "{place}: no character of the vocabulary fits; choose another rhyme or pattern": (
        "{place}：没有合适的字；请换韵部或格律"
    ),
    "{name} has no fixed lines, so it cannot be planned; choose another form": (
        "{name}句数不定，不能照格律写；请换一种诗体"
    ),
    "{name} has no character {position} in line {line}; force another place": (
        "{name}第 {line} 句没有第 {position} 字；请少写几字，或换个位置"
    ),
    "{name} has {lines} lines, which cannot hide {count} characters; leave the form open or give fewer": (
        "{name}只有 {lines} 句，藏不下 {count} 字；请不指定诗体，或少写几字"
    ),
    "the acrostic holds no Chinese character; {advice}": "藏头里没有汉字；{advice}",
    "hide {text} instead": "可以改藏“{text}”",
    "write it in Chinese characters": "请写汉字",
    "unknown spread {name!r}; choose one of {choices}": "藏头没有“{name}”这种分法；请选：{choices}",
    "a row of 绝句 that hides {count} characters is several poems; spread them over the lines of one": (
        "把 {count} 字藏进一组绝句，就是几首诗了；这里只写一首，请藏在一首里"
    ),
    # What can be done instead
    "hide {text}": "改藏“{text}”",
    "only {text}": "只藏“{text}”",
    "a {form} of {lines} lines": "写{form}（{lines} 句）",
    "a row of {count} 绝句": "写绝句 {count} 首",
    "at the head of the lines (藏头)": "藏在句首",
    "in the first lines": "藏在前几句",
    "in the last lines": "藏在末几句",
    "any rhyme": "韵部不限",
    "any pattern": "格律不限",
    "another beginning": "开头不限",
    "without the theme": "不要主题",
    "without the title": "不要题目",
    "without the acrostic": "不要藏头",
    "the acrostic alone": "只要藏头，别的都不限",
    "a poem of any kind": "随便写一首",
    "a line of {name} has places 1 to {length} (or -1 to -{length}), not {at}": (
        "{name}一句只有第 1 到 {length} 字（倒数是 -1 到 -{length}），没有 {at}"
    ),
    "the number of candidates must be between 1 and {most}, not {given}": ("候选须在 1 与 {most} 之间，不能是 {given}"),
    "-n must be between 1 and {most}, not {given}": "-n 须在 1 与 {most} 之间，不能是 {given}",
    "temperature 0 gives one poem only; leave out -n or raise the temperature": (
        "温度 0 只有一首诗；请不用 -n，或提高温度"
    ),
    "there are only {count} different poems to be had; ask for fewer, or for less": (
        "只写得出 {count} 首不同的诗；请少要几首，或少提要求"
    ),
    # Themes
    "the theme has more than {longest} characters; say it shorter": "主题超过 {longest} 字；请说短些",
    "the theme names nothing to write about; name a thing, a place or a feeling in Chinese": (
        "主题里没有可写的东西；请用中文说出一物、一地或一种心情"
    ),
    "no word of verse is near to {words}; say it in other words": "诗里没有与“{words}”相近的词；请换个说法",
    # Poems that are given
    "there is no Chinese verse in the text; give a poem": "文字里没有诗句；请给一首诗",
    "there is no line to check; give a poem": "没有可检查的句子；请给一首诗",
    "there are {count} poems; give one to rewrite": "有 {count} 首诗；改写请只给一首",
    "{count} poems were given; give one": "有 {count} 首诗；请只给一首",
    "unknown policy {policy!r}; choose one of {choices}": "没有“{policy}”这种办法；请选：{choices}",
    "unknown rhyme book {name!r}; choose one of {choices}": "没有“{name}”这部韵书；请选：{choices}",
    "the rhyme book {name}.tsv is damaged; install the package again": "韵书 {name}.tsv 坏了；请重新安装",
    "the gap {gap!r} names no line of the poem; write 3, or 3:2-4 for characters 2-4": (
        "“{gap}”不是诗里的一句；请写 3，或写 3:2-4（第 2 到 4 字）"
    ),
    "line {line} has characters 1 to {last}, not {gap}": "第 {line} 句只有第 1 到 {last} 字，没有 {gap}",
    "{where}; name a line or characters of the poem, or write {gap} for them": (
        "{where}；请指明一句或几个字，或在诗里写 {gap}"
    ),
    "{place} is not in the poem": "诗里没有{place}",
    "no gap": "没有说改哪里",
    "--gap and --alternatives need a poem; give one with --rewrite": (
        "--gap 和 --alternatives 要有一首诗；请用 --rewrite 给出"
    ),
    "--alternatives {given!r} names several characters; write such as 4:5": (
        "--alternatives“{given}”指了好几个字；请写 4:5 这样的一个"
    ),
    "only a poem in lines of five or of seven Hanzi can be rewritten: 4 lines, 8, or an even number from {low} on": (
        "只能改写五言或七言的诗：四句、八句，或 {low} 句以上的偶数句"
    ),
    "the poem has other gaps ({gap}); fill them first": "诗里还有别的空（{gap}）；请先填上",
    "the poem is no 绝句, 律诗 or 排律 of lines of 5 or 7; give such a poem": (
        "这不是五言或七言的绝句、律诗、排律；请给这样的一首"
    ),
    "the text has {count} characters and marks, its plan {slots} slots": (
        "文字有 {count} 个字和标点，格律却有 {slots} 个位置"
    ),
    "gates are read in the numpy engine; load the network with it": "门只能在 numpy 引擎里读；请用它载入网络",
    "{count} poems are too few to find units; give four or more": "{count} 首诗不够找出单元；至少要四首",
    "{bad} of {count} poems break a rule under the policy {policy}; see the marks ●": (
        "{count} 首诗里有 {bad} 首不合（办法：{policy}）；见 ● 处"
    ),
    # Rows of a batch
    'the row is no JSON object; give such as {"head": "春"}': "这一行不是 JSON 对象；请一行写一个对象",
    "the row is nested too deeply; give one flat JSON object": "这一行套得太深；请写一个平的 JSON 对象",
    "no JSON ({why}); give one object a line": "不是 JSON（{why}）；请一行写一个对象",
    "no CSV ({why}); mend the row": "不是 CSV（{why}）；请改正这一行",
    "the row has {cells} cells, but there are {columns} columns; mend it": (
        "这一行有 {cells} 格，列只有 {columns} 个；请改正"
    ),
    "there is no field {name!r}; choose among {choices}": "没有“{name}”这一项；可用：{choices}",
    "column {name!r} is unknown or comes twice; choose among {choices}": (
        "列“{name}”不认识或出现两次；可用：{choices}"
    ),
    "{name} must be {wanted}; mend it or leave it out": "{name} 须是{wanted}；请改正或不写",
    "a number": "数",
    "text": "文字",
    "only poems that are there already come of it; ask for less": "写出来的都是已有的诗；请少提要求",
    "{why} (--strict stops here; --resume without it goes on)": (
        "{why}（--strict 到此为止；不用它再 --resume 就接着写）"
    ),
    "give a file of prompts or --count, one of the two": "请给一个要求的文件或 --count，二者选一",
    "{path} has more than {most} rows; divide it": "{path} 超过 {most} 行；请分开",
    "{path} has no row; give a beginning, or fields of a wish, on each line": (
        "{path} 一行也没有；请每行写一个开头，或一个要求的各项"
    ),
    "cannot read {path}: {why}; give a text, CSV or JSON-lines file": (
        "读不了 {path}：{why}；请给文本、CSV 或 JSON 行文件"
    ),
    "a worker process was killed, perhaps for want of memory; go on with --resume, fewer --workers": (
        "一个进程被杀，也许是内存不够；请少用几个 --workers，再 --resume"
    ),
    "this needs Ray; install it with `pip install charrnn-verse[ray]`": (
        "这要用 Ray；请装：`pip install charrnn-verse[ray]`"
    ),
    "cannot join the Ray cluster at {address} ({why}); start it, or give it the token": (
        "连不上 {address} 的 Ray 集群（{why}）；请先启动它，或给它口令"
    ),
    "Ray gave up ({why}); go on with --resume": "Ray 停了（{why}）；请用 --resume 接着写",
    "{name} must be between 1 and {most}, not {value}": "{name} 须在 1 与 {most} 之间，不能是 {value}",
    # Numbers
    "temperature must be between 0 (greedy) and 100, not {temperature}": (
        "温度须在 0（贪心）与 100 之间，不能是 {temperature}"
    ),
    "top-k must be 0 (off) or more, not {top_k}": "top-k 须是 0（不用）或更大，不能是 {top_k}",
    "top-p must be above 0 and at most 1, not {top_p}": "top-p 须大于 0，至多 1，不能是 {top_p}",
    "{text!r} is no list of numbers; write such as 0.2,0.5,1": "“{text}”不是一串数；请写成 0.2,0.5,1 这样",
    "give one to ten numbers between 0.001 and 1000": "请给一到十个数，每个在 0.001 与 1000 之间",
    "the temperature must be positive, not {temperature}": "温度须大于 0，不能是 {temperature}",
    "the length must be between 1 and {most}, not {length}": "长度须在 1 与 {most} 之间，不能是 {length}",
    # The Shakespeare laboratory
    "the starter is empty; give some text": "开头是空的；请写一点",
    "none of the starter's characters is known to the network; give another": "开头的字符网络一个也不认识；请换一个",
    "give one starter: the text itself, --file, or --random-from": "请给一个开头：文字、--file 或 --random-from",
    "the starter is longer than {longest} characters; give less": "开头超过 {longest} 个字符；请少写些",
    "--context must be at least 1, not {context}": "--context 至少是 1，不能是 {context}",
    "--seconds must be between 1 and 600, not {seconds:g}": "--seconds 须在 1 与 600 之间，不能是 {seconds:g}",
    "give a starter, or --units": "请给一个开头，或用 --units",
    "--picture colours the text by the units found; add --units": "--picture 按找到的单元着色；请加 --units",
    "--similar needs a starter, and neither --units, --from-zero, --next nor --page": (
        "--similar 要有开头，而且不能与 --units、--from-zero、--next、--page 同用"
    ),
    "--from-zero reads the starter and nothing else; leave --units and --text out": (
        "--from-zero 只读开头；请不用 --units 和 --text"
    ),
    "--picture needs matplotlib; install it with `pip install matplotlib`, or write a --page": (
        "--picture 要用 matplotlib；请装：`pip install matplotlib`，或改用 --page"
    ),
    "--top must be between 1 and {units}, not {top}": "--top 须在 1 与 {units} 之间，不能是 {top}",
    "--controls must be between 1 and {most}, not {controls}": "--controls 须在 1 与 {most} 之间，不能是 {controls}",
    "--width must be between 10 and 500, not {width}": "--width 须在 10 与 500 之间，不能是 {width}",
    "--steps and --every must be at least 1": "--steps 和 --every 至少是 1",
    "--holdout must be at least 0 and below 1, not {holdout}": "--holdout 须在 0 与 1 之间，不能是 {holdout}",
    "give --temperature or --alpha, not both: alpha = 1 / T": "--temperature 与 --alpha 只给一个：alpha = 1 / T",
    "--alpha must be positive, not {alpha}": "--alpha 须大于 0，不能是 {alpha}",
    "{bad!r} (U+{code:04X}) is not among the network's {count} characters; leave it out": (
        "“{bad}”（U+{code:04X}）不在网络的 {count} 种字符里；请去掉它"
    ),
    "{reason}, {advice}": "{reason}，{advice}",
    "or skip such characters with --skip-unknown": "或用 --skip-unknown 略过这样的字符",
    "the loss rose to {loss:.4g}, more than twice that of knowing nothing ({ignorance:.4g}); "
    "lower --rate in another --out": (
        "损失升到 {loss:.4g}，超过一无所知时（{ignorance:.4g}）的两倍；请降低 --rate，换个 --out"
    ),
    "the standard output is closed; give it a file, or /dev/null": "标准输出是关着的；请给它一个文件，或 /dev/null",
    "an alphabet needs characters, each once": "字符表里须有字符，各一次",
    "the text has no {last!r} after {length} characters; give a longer --text": (
        "文字在第 {length} 个字符以后没有“{last}”；请给长些的文字"
    ),
    "{count} known characters are too few to find units; give a text of 1,000 or more": (
        "只有 {count} 个认识的字符，不够找出单元；至少要 1000 个"
    ),
    "place {place} has no next character in a text of {count}; give 0 to {last}": (
        "{count} 个字符的文字里，第 {place} 个之后没有字符；请给 0 到 {last}"
    ),
    "there is no unit {unit}; give 0 to {last}": "没有第 {unit} 个单元；请给 0 到 {last}",
    "the passage is not within the text": "这一段不在文字里",
    "the text has {count} characters; a window needs {window} or more": (
        "文字只有 {count} 个字符；训练至少要 {window} 个"
    ),
    "hidden units, window, rate and clip must be positive": "隐藏单元、窗口、学习率和截断须大于 0",
    "dtype must be float32 or float64, not {dtype}": "数的类型须是 float32 或 float64，不能是 {dtype}",
    "unknown head {name!r}; choose one of {choices}": "没有“{name}”这种输出；请选：{choices}",
    "the temperature in training must be positive, not {temperature}": "训练的温度须大于 0，不能是 {temperature}",
    "{path} was written with other settings or another text; use the same": (
        "{path} 是用别的设置或文字写的；请用相同的"
    ),
    "{folder} holds no exercise; write a package with `python -m charrnn_core.exercises new FOLDER`": (
        "{folder} 里没有练习；请先 `python -m charrnn_core.exercises new 文件夹`"
    ),
    "{folder} is there already and not an empty folder; choose a new one": "{folder} 已有且不空；请换一个",
    # Files
    "{bad} of {count} poems are no 绝句, 律诗 or 排律 of lines of 5 or 7: only rhymes were looked up": (
        "{count} 首诗里有 {bad} 首不是五言、七言的绝句、律诗或排律：只查了韵"
    ),
    "{mode} does not use {option}; leave it out": "{mode} 用不着{option}；请不写",
    "{option} places an acrostic; give one with --acrostic, or leave {option} out": (
        "{option} 说藏头怎样藏；请用 --acrostic 给出藏头，或不写 {option}"
    ),
    "instead: {advice}": "可以：{advice}",
    "{name} is not UTF-8 text (byte {place}); save it as UTF-8": (
        "{name} 不是 UTF-8 文本（第 {place} 字节）；请另存为 UTF-8"
    ),
    "{path} is not UTF-8 text (byte {place}); read it as bytes with --bytes": (
        "{path} 不是 UTF-8 文本（第 {place} 字节）；请用 --bytes 按字节读"
    ),
    "cannot read {path!r}: {why}; give a poem, or a text file with one": (
        "读不了“{path}”：{why}；请给一首诗，或有一首诗的文本文件"
    ),
    "cannot read {path}: {why}; give a text file": "读不了 {path}：{why}；请给文本文件",
    "cannot read {path}: {why}; give a text file, or - for standard input": (
        "读不了 {path}：{why}；请给文本文件，或用 - 读标准输入"
    ),
    "cannot read {path}: {why}; give a text file, one poem a line": "读不了 {path}：{why}；请给文本文件，一行一首",
    "cannot read {path}: {why}; give a file of poems": "读不了 {path}：{why}；请给诗的文件",
    "cannot read {path}: {why}; give the folder of a run": "读不了 {path}：{why}；请给一次训练的文件夹",
    "cannot read {path}: {why}; give an existing snapshot": "读不了 {path}：{why}；请给已有的快照",
    "cannot read {path}: {why}; fetch it with `python -m poetry.corpus fetch`": (
        "读不了 {path}：{why}；请用 `python -m poetry.corpus fetch` 取来"
    ),
    "cannot read {packed}: {error}; give the folder of Unihan's files": (
        "读不了 {packed}：{error}；请给 Unihan 文件的文件夹"
    ),
    "cannot read {source}: {why}; make it with `python -m poetry.corpus encode`": (
        "读不了 {source}：{why}；请用 `python -m poetry.corpus encode` 生成"
    ),
    "{path} is larger than {most} MB; give one poem": "{path} 大于 {most} MB；请只给一首诗",
    "{path} is larger than {most} MB; give fewer poems": "{path} 大于 {most} MB；请少给几首",
    "{name} is larger than {most} MB; divide it": "{name} 大于 {most} MB；请分开",
    '{path}, line {number}: no poem; give {{"lines": [...]}} or {{"text": "..."}}': (
        '{path} 第 {number} 行不是诗；请给 {{"lines": [...]}} 或 {{"text": "..."}}'
    ),
    "{path} holds no poem; put one poem on a line": "{path} 里没有诗；请一行写一首",
    "{path} is no font that can be read; give a .ttf, .otf or .ttc file": (
        "{path} 不是能读的字体；请给 .ttf、.otf 或 .ttc 文件"
    ),
    "{given!r} is not understood; write such as LSTM=runs/a,runs/b": "看不懂“{given}”；请写 LSTM=runs/a,runs/b 这样",
    "the root path must be such as /verse, not {given!r}": "路径应如 /verse，不能是“{given}”",
    "the port must be between 1 and 65535, not {port}": "端口须在 1 与 65535 之间，不能是 {port}",
    "{what}: {why}; {advice}": "{what}：{why}；{advice}",
    "{advice}, {then}": "{advice}，{then}",
    "cannot write {path}": "写不了 {path}",
    "cannot use {path}": "用不了 {path}",
    "a file or a pipe": "文件或管道",
    "choose another place": "请换个地方",
    "make room on the disk": "请给磁盘腾出地方",
    "make room: your share of the disk is used up": "请腾出地方：你的磁盘份额用完了",
    "raise the limit of a file's size (ulimit -f)": "请提高文件大小的限度（ulimit -f）",
    "that is a folder; choose another name": "那是文件夹；请换个名字",
    "a part of the path is a file; choose another name": "路径中有一段是文件；请换个名字",
    "something else has that name; choose another name": "这个名字已被占用；请换一个",
    "raise the limit of open files (ulimit -n)": "请提高打开文件数的限度（ulimit -n）",
    "then go on with --resume: what was written before is kept": "再用 --resume 接着写：已写的都在",
    "{path} is damaged, so it cannot be known what {what} is a part of; keep that elsewhere and begin anew": (
        "{path} 坏了，不知道 {what} 是哪一次写的；请把它移开，重新开始"
    ),
    "the unfinished run was begun with another {name} ({then}, now {now}); give the same, or choose another output": (
        "没写完的那次用的 {name} 不同（那时 {then}，现在 {now}）；请给相同的，或换个输出"
    ),
    "another process is writing to {out}; wait for it, or choose another name": (
        "另一个进程正在写 {out}；请等它写完，或换个名字"
    ),
    "cannot name {part} {path}: {why}; rename it by hand": "不能把 {part} 改名为 {path}：{why}；请手工改名",
    "an unfinished run is in {part}; go on with --resume, or delete it and {path}": (
        "{part} 里有没写完的；请用 --resume 接着写，或删去它和 {path}"
    ),
    "an unfinished run is in {folder}; go on with --resume, or delete it": (
        "{folder} 里有没写完的；请用 --resume 接着写，或删去它"
    ),
    "{path} exists; delete it or choose another name": "{path} 已有；请删去或换个名字",
    "{path} has changed since it was finished; delete it or choose another name": (
        "{path} 写完以后变了；请删去或换个名字"
    ),
    "{folder} is not empty; delete what is in it, or choose another folder": (
        "{folder} 不空；请删去里面的，或换个文件夹"
    ),
    # Weights
    "no weights of a poem network are installed; install the package again": "没有装写诗的网络；请重新安装",
    "no {cell!r} weights come with the package; choose one of {choices}": "随包没有“{cell}”的权重；请选：{choices}",
    "torch is not installed; install it, or leave out --engine torch": "没有装 torch；请装上，或不用 --engine torch",
    "{path} has a damaged header ({error}); install the package again": "{path} 的文件头坏了（{error}）；请重新安装",
    "{path} has a damaged header ({error}); fetch or train it again": (
        "{path} 的文件头坏了（{error}）；请重新取来或训练"
    ),
    "{path} was made for another version of this package; export it again": "{path} 是别的版本的；请重新导出",
    "{path} is damaged: its arrays are not of the sizes it names; fetch or train it again": (
        "{path} 坏了：数组与所说的大小不合；请重新取来或训练"
    ),
    "{path} is a pickle, and reading one can run any code; give char-rnn-snapshot.npz instead": (
        "{path} 是 pickle，读它可能运行任何代码；请改给 char-rnn-snapshot.npz"
    ),
    "{path} does not hold a whole network ({error}); train it again": "{path} 里的网络不全（{error}）；请重新训练",
    "{path} is no snapshot of the course ({error}); give char-rnn-snapshot.npz": (
        "{path} 不是课程的快照（{error}）；请给 char-rnn-snapshot.npz"
    ),
    "{path} is damaged or hostile ({name}); give another file": "{path} 坏了或有恶意（{name}）；请换一个",
    "cannot read the weights file {source}: {reason}; give an existing .safetensors file": (
        "读不了权重文件 {source}：{reason}；请给已有的 .safetensors 文件"
    ),
    "{source} is larger than {most} MiB: it is no weights file of this project": (
        "{source} 大于 {most} MiB：不是本项目的权重文件"
    ),
    "{source} is damaged or no weights file ({error}); fetch or train it again": (
        "{source} 坏了或不是权重文件（{error}）；请重新取来或训练"
    ),
    "{source} is damaged: {name} has no fitting scales; fetch or train it again": (
        "{source} 坏了：{name} 没有相合的比例；请重新取来或训练"
    ),
    "{source} is damaged: {name} holds numbers that are not finite; fetch or train it again": (
        "{source} 坏了：{name} 里有不是有限的数；请重新取来或训练"
    ),
    "{source} was not written by this project; give one of its weights files": (
        "{source} 不是本项目写的；请给本项目的权重文件"
    ),
    "{source} has format version {version}, this package reads up to {known}; upgrade it": (
        "{source} 的格式是 {version}，这里只读到 {known}；请升级"
    ),
    "{source} holds {found!r} weights where {wanted} weights are needed; give another file": (
        "{source} 是“{found}”的权重，这里要 {wanted} 的；请换一个"
    ),
    "the weights file's {wrong} is missing or of a wrong shape; fetch or train it again": (
        "权重文件缺 {wrong}，或形状不对；请重新取来或训练"
    ),
    "the weights file's header lacks {error}; fetch or train it again": "权重文件头缺 {error}；请重新取来或训练",
    "an attention of {size} is no multiple of {head}; train the network again": (
        "注意力的大小 {size} 不是 {head} 的倍数；请重新训练"
    ),
    "the weights file's phrases are not whole ({error}); fit them again": "权重文件的词组不全（{error}）；请重新拟合",
    "the weights file's phrases of {k} tokens are damaged; fit them again": (
        "权重文件里 {k} 个字的词组坏了；请重新拟合"
    ),
    "the weights file's taste lacks {error}; fit it again": "权重文件的品缺少 {error}；请重新拟合",
    "the weights file's taste does not fit its network; fit it again": "权重文件的品与网络不合；请重新拟合",
    "the weights file has taste but no phrases; fit them again": "权重文件有品而没有词组；请重新拟合",
    "the weights have no phrases, which taste is shown; run poetry.fit_phrases first": (
        "权重没有词组，品要看词组；请先运行 poetry.fit_phrases"
    ),
    "--epochs is {epochs}; give more than 0": "--epochs 是 {epochs}；须大于 0",
    "{title}: {words} lines of {length} Hanzi are no regulated form; give a plan of four or eight words": (
        "{title}：{words} 句、每句 {length} 字，不是近体诗的诗体；请给四个或八个词的提纲"
    ),
    "the weights file's phrases are not in order; fit them again": "权重文件的词组次序不对；请重新拟合",
    "the shares of the weights file's phrases are damaged; fit them again": "权重文件的词组份额坏了；请重新拟合",
    # Corpus, training, measuring
    "unknown dataset {name!r}; choose one of {choices}": "没有“{name}”这种数据；请选：{choices}",
    "{path} is missing; run `python -m poetry.corpus fetch`, or set {variable}": (
        "缺 {path}；请运行 `python -m poetry.corpus fetch`，或设置 {variable}"
    ),
    "{path} is damaged (its sha256 differs); delete it and run `python -m poetry.corpus fetch`": (
        "{path} 坏了（sha256 不同）；请删去，再运行 `python -m poetry.corpus fetch`"
    ),
    "{path} is damaged or not a list of poems; fetch it again": "{path} 坏了或不是诗的列表；请重新取来",
    "{address} gave another file than registered (sha256 differs); try again later": (
        "{address} 给的文件与登记的不同（sha256 不同）；请以后再试"
    ),
    "cannot fetch {address}: {error}; check the network and run the command again": (
        "取不到 {address}：{error}；请看网络，再运行一次"
    ),
    "cannot fetch {address} to {target}: {error}; run the command again to go on": (
        "取不到 {address} 到 {target}：{error}；再运行一次就接着取"
    ),
    "none of {count} poems passes the cleaning rules (poetry/corpus/clean.py): {reasons}; check the text": (
        "{count} 首诗没有一首合清洗的规则（poetry/corpus/clean.py）：{reasons}；请查看文本"
    ),
    "the corpus has no training poem after cleaning and splitting; give more poems": (
        "清洗、切分之后没有可训练的诗；请多给些"
    ),
    "{source} has version {given}, this package reads {version}; encode it again": (
        "{source} 是第 {given} 版，这里读第 {version} 版；请重新编码"
    ),
    "{source} is damaged or no encoded corpus; make it again with `python -m poetry.corpus encode`": (
        "{source} 坏了或不是编码好的语料；请用 `python -m poetry.corpus encode` 重新生成"
    ),
    "{source} unpacks to more than {most} MiB: it is no encoded corpus": (
        "{source} 解开超过 {most} MiB：不是编码好的语料"
    ),
    "{path} has {count} groups instead of {groups}; fetch it again": (
        "{path} 有 {count} 个韵部，应有 {groups} 个；请重新取来"
    ),
    "{path} has {count} lines instead of {expected}; is it THU-CRRD's list?": (
        "{path} 有 {count} 行，应有 {expected} 行；是 THU-CRRD 的表吗？"
    ),
    "pairs by hand of a standard variant, or of no standard character: {choices}": (
        "手工的异体对里有已是规范的异体，或不是规范字的：{choices}"
    ),
    "training needs torch; install it with `pip install charrnn-verse[train]`": (
        "训练要用 torch；请装：`pip install charrnn-verse[train]`"
    ),
    "--seed must be 0 or more, not {seed}": "--seed 须是 0 或更大，不能是 {seed}",
    "--least is {least}; give at least 1": "--least 是 {least}；至少是 1",
    "--poems is {poems}; give at least 1": "--poems 是 {poems}；至少是 1",
    "{data} has another vocabulary than the weights; encode the corpus they learned from": (
        "{data} 的词表与权重的不同；请编码它学过的语料"
    ),
    "the weights have another vocabulary than the corpus; encode the corpus they learned from": (
        "权重的词表与语料的不同；请编码它学过的语料"
    ),
    "the corpus has no validation poem from the first of the sources; choose other --sources": (
        "语料里第一个来源没有验证的诗；请换 --sources"
    ),
    "there is no human poem of these forms in that part; choose another --part or --source": (
        "那一份里没有这些诗体的前人诗；请换 --part 或 --source"
    ),
    "{run} is no folder; give the folder of a training run": "{run} 不是文件夹；请给一次训练的文件夹",
    "{run} is damaged ({error}); give another run": "{run} 坏了（{error}）；请换一次训练",
    "{out} holds a run already; add --resume to go on, or choose another --out": (
        "{out} 里已有一次训练；请加 --resume 接着训练，或换 --out"
    ),
    "{path} is damaged ({error}); go on from another checkpoint with --init": (
        "{path} 坏了（{error}）；请用 --init 从别的检查点开始"
    ),
    "{path} is damaged: it lacks settings; go on from another checkpoint with --init": (
        "{path} 坏了：没有设置；请用 --init 从别的检查点开始"
    ),
    "{path} is damaged: it lacks its vocabulary; start from another file with --init": (
        "{path} 坏了：没有词表；请用 --init 从别的文件开始"
    ),
    "{checkpoint} is damaged: its header lacks {error}; export another checkpoint": (
        "{checkpoint} 坏了：文件头缺 {error}；请导出别的检查点"
    ),
    "the checkpoint has another vocabulary than the corpus; encode the corpus it was trained on": (
        "检查点的词表与语料的不同；请编码训练它的语料"
    ),
    "the checkpoint is of a network of another size; give the options it was trained with": (
        "检查点是别的大小的网络；请给训练它时的选项"
    ),
    "the checkpoint's moments of {name} do not fit the network; start with --init": (
        "检查点里 {name} 的动量与网络不合；请用 --init 开始"
    ),
    "{path} was written with other settings; resume with the same options, or start with --init": (
        "{path} 是用别的设置写的；请用相同的选项接着训练，或用 --init 开始"
    ),
    "the weights do not fit their own vocabulary; give another file to start from": (
        "权重与自己的词表不合；请换一个文件开始"
    ),
    "unknown cell {cell!r}; choose one of {choices}": "没有“{cell}”这种单元；请选：{choices}",
    "sizes must be positive and dropout at least 0 and below 1": "大小须大于 0，dropout 须在 0 与 1 之间",
    "the size of the attention must be a multiple of {head}, not {attention}": (
        "注意力的大小须是 {head} 的倍数，不能是 {attention}"
    ),
    "steps, tokens a batch and steps between validations must be at least 1": "步数、每批字数、验证间隔至少是 1",
    "the learning rate and the clip must be positive, decay between 0 and 1": (
        "学习率和截断须大于 0，衰减须在 0 与 1 之间"
    ),
    "the learning rate, the epochs and the tokens must be positive": "学习率、遍数、字数须大于 0",
    "no two poems of a title have different marks; give marks of several poems on each title": (
        "没有哪个题目下有两首诗得分不同；每题请给几首诗的分"
    ),
    "no two lines of a place have different marks; give marks of several lines for each place": (
        "没有哪个位置有两句得分不同；每个位置请给几句的分"
    ),
    "cannot read {path}: {why}; give JSON lines": "读不了 {path}：{why}；请给 JSON 行文件",
    "{path}, line {number}: no {what} ({error}); give {fields}": (
        "{path} 第 {number} 行不是所要的诗（{what}：{error}）；请给 {fields}"
    ),
    "{given} examples are too few; give at least {least}": "示范的诗只有 {given} 首，太少；请给至少 {least} 首",
    "no CUDA GPU is at hand; use --device cpu": "没有 CUDA GPU；请用 --device cpu",
    "the corpus has no training poem from {choices}; choose other --sources": (
        "语料里没有 {choices} 的训练诗；请换 --sources"
    ),
    "the ranks do not start at one step; let each of them see the same {folder}": (
        "各进程不从同一步开始；请让它们都看见同一个 {folder}"
    ),
    "{ranks} ranks need as many GPUs; lower --nproc-per-node or use --device cpu": (
        "{ranks} 个进程要有同样多的 GPU；请减小 --nproc-per-node，或用 --device cpu"
    ),
    "rank {rank} lost another rank ({why}); start again with --resume, or let torchrun do so: --max-restarts": (
        "进程 {rank} 失去了别的进程（{why}）；请用 --resume 重新开始，或让 torchrun 做：--max-restarts"
    ),
    "the loss rose to {nats:.4g} nats at step {step}, more than twice that of knowing nothing; lower --learning-rate": (
        "第 {step} 步的损失升到 {nats:.4g}，超过一无所知时的两倍；请降低 --learning-rate"
    ),
    "unknown source {name!r}; choose among {choices}, by commas": "没有“{name}”这种来源；请选 {choices}，以逗号分隔",
    "the gradient of step {step} is not finite; lower the learning rate": "第 {step} 步的梯度不是有限的；请降低学习率",
    "the gradient of step {step} is not finite; try another seed": "第 {step} 步的梯度不是有限的；请换一个种子",
    "the corpus has no regulated {name} in its {part} part; encode a larger one": (
        "语料的 {part} 一份里没有合律的{name}；请编码更大的"
    ),
    "the machine's poems have no {name} for {part}; write more with poetry.batch": (
        "机器写的诗里 {part} 一份没有{name}；请用 poetry.batch 多写些"
    ),
    "the corpus lacks titled training poems of a form; encode a larger one": (
        "语料里有一种诗体没有带题目的训练诗；请编码更大的"
    ),
}
