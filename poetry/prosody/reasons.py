"""What the checker says of a fault, licence or variety: a phrase by its name, and the Chinese of all it says.

A phrase is an English sentence with gaps, as an error is (charrnn_core.errors); the command line says it in Chinese.
"""

from charrnn_core.errors import LIST, Phrase

WHY = {
    "失对": Phrase("the two lines of a couplet oppose each other in characters 2, 4 and 6"),
    "失粘": Phrase("character 2 of a couplet's first line has the tone of that in the line before"),
    "孤平": Phrase("but for the rhyme word, one level tone is left here"),
    "三平尾": Phrase("a line may not end in three level tones"),
    "拗而不救": Phrase(
        "oblique for level in the last place but one, to be made good by level in the third of five of the next line"
    ),
    "失律": Phrase("it does not fit the type of its line"),
    "多音": Phrase("the strict way asks that every reading fits"),
}
LICENCES = {
    "对句拗救": Phrase("a deviation, made good by a level tone in the next line"),
    "半拗": Phrase("oblique for level in the third of five: it need not be made good, and is not"),
    "孤平拗救": Phrase("oblique for level, made good by a level tone two characters on"),
    "特拗": Phrase("level level oblique level oblique for level level level oblique oblique, common in Tang verse"),
    "三仄尾": Phrase("three oblique tones at the end, allowed but better avoided"),
}
VARIETY = {
    "孤雁出群": Phrase("the last couplet alone rhymes in the other"),
    "进退格": Phrase("the couplets rhyme in turn in the one and the other"),
    "辘轳格": Phrase("two couplets rhyme in the one, then two in the other"),
}

CHINESE = {
    LIST: "、",
    "level": "平",
    "oblique": "仄",
    "line {line}: {why}": "第{line}句：{why}",
    "line {line}, character {place}, {character}, should be {need}: {why}": (
        "第{line}句第{place}字“{character}”应{need}：{why}"
    ),
    # 失对 失粘 孤平 三平尾 拗而不救 失律 多音
    "the two lines of a couplet oppose each other in characters 2, 4 and 6": "一联两句在第二、四、六字上平仄须相对",
    "character 2 of a couplet's first line has the tone of that in the line before": (
        "下联首句与上联末句第二字平仄须相同"
    ),
    "character 2 of line {line} should have the tone of that in line {before}; the whole couplet is not joined": (
        "第{line}句与第{before}句第二字平仄须相同，全联失粘"
    ),
    "but for the rhyme word, one level tone is left here": "除韵脚外，这里只剩一个平声",
    "a line may not end in three level tones": "句末不可三个平声相连",
    "oblique for level in the last place but one, to be made good by level in the third of five of the next line": (
        "第四字（七言第六字）拗了，下句第三字（七言第五字）须用平声相救"
    ),
    "it does not fit the type of its line": "与所属句式不合",
    "the strict way asks that every reading fits": "严式要求每一读都合",
    # 对句拗救 半拗 孤平拗救 特拗 三仄尾
    "a deviation, made good by a level tone in the next line": "本句拗，下句第三字（七言第五字）用平声相救",
    "oblique for level in the third of five: it need not be made good, and is not": (
        "第三字（七言第五字）该平用仄，可救可不救，这里没有救"
    ),
    "oblique for level, made good by a level tone two characters on": (
        "首字（七言第三字）该平用仄，第三字（七言第五字）改平相救"
    ),
    "level level oblique level oblique for level level level oblique oblique, common in Tang verse": (
        "“平平平仄仄”作“平平仄平仄”，唐人常用"
    ),
    "three oblique tones at the end, allowed but better avoided": "句末三个仄声相连，可用，宜避",
    # 折腰体 孤雁出群 进退格 辘轳格
    "character 2 of line {line} has another tone than that in line {before}: the two halves are not joined": (
        "第{line}句与第{before}句第二字平仄不同，中间失粘，两半各自合律"
    ),
    "{one} and {other} are neighbours: {how}": "{one}与{other}为邻韵：{how}",
    "the last couplet alone rhymes in the other": "末联的韵脚独用邻韵",
    "the couplets rhyme in turn in the one and the other": "两个韵部隔联相间",
    "two couplets rhyme in the one, then two in the other": "前两联一韵，后两联一韵",
    # 重韵 首句借邻韵 出韵
    "the rhyme word {word} is used twice": "韵脚“{word}”用了两次",
    "{word}, which ends line 1, belongs to {own}, a neighbour of {group}": (
        "首句“{word}”属{own}，是{group}的邻韵（孤雁入群）"
    ),
    "{word} belongs to {own}; the poem has no common rhyme group": "“{word}”属{own}，全诗没有共同的韵部",
    "{word} belongs to {own}; regulated verse rhymes in a level tone": "“{word}”属{own}，近体诗押平声韵",
    "{word} belongs to {own}, not to {group}": "“{word}”属{own}，不在{group}",
    "{word} belongs to {own}, not to {group} (strictly, every reading must)": (
        "“{word}”属{own}，不在{group}（严式：每一读都须在内）"
    ),
    "an unknown group": "不明",
    # 无格律 仄韵
    "lines of {lengths} characters: no 绝句, 律诗 or 排律 of 5 or 7, so its tones are not judged": (
        "各句字数 {lengths}：不是五言、七言的绝句、律诗、排律，没有检查平仄"
    ),
    "the even lines end in oblique tones, and regulated verse rhymes in level ones: its tones are not judged": (
        "偶句都以仄声收尾，近体诗押平声韵，所以不按近体论平仄"
    ),
    "the even lines end in oblique tones, and regulated verse rhymes in level ones: its tones are not judged; "
    "eight such lines are old style, or a ci such as {ci}": (
        "偶句都以仄声收尾，近体诗押平声韵，所以不按近体论平仄；八句的或是古体，或是词（如{ci}）"
    ),
}
