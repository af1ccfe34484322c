"""Every command by its name: its module, and what it does."""

COMMANDS = {
    "generate": ("poetry.generate", "写诗 / write poems"),
    "check": ("poetry.check", "检查格律 / check the rules of verse"),
    "batch": ("poetry.batch.__main__", "批量写诗 / write poems by a list"),
    "ray": ("poetry.batch.on_ray", "用 Ray 集群批量写诗 / the same on a Ray cluster"),
    "app": ("apps.gradio_app", "网页 / the app in the browser"),
    "evaluate": ("poetry.evaluate", "评测任何来源的诗 / measure poems of any origin"),
    "corpus": ("poetry.corpus.__main__", "取语料、编码 / fetch and encode the corpus"),
    "train": ("poetry.train", "训练写诗的网络 / train a network"),
    "export": ("poetry.export", "导出权重 / export its weights"),
    "fit-examples": ("poetry.fit_examples", "向示范的诗学 / learn from examples"),
    "fit-marks": ("poetry.fit_marks", "向读者的分学 / learn from readers' marks"),
    "fit-rhymes": ("poetry.fit_rhymes", "拟合韵部的向量 / fit the vectors of rhymes"),
    "fit-phrases": ("poetry.fit_phrases", "词组表 / fit the table of phrases"),
    "critic": ("poetry.critic.__main__", "评家 / the critic"),
    "gates": ("poetry.gates", "门在做什么 / what the gates do"),
    "sample": ("charrnn_core.sample", "莎士比亚：抽样 / Shakespeare: sample"),
    "complete": ("charrnn_core.complete", "莎士比亚：续写 / Shakespeare: complete"),
    "explain": ("charrnn_core.explain", "莎士比亚：为什么 / Shakespeare: why"),
    "char-train": ("charrnn_core.train", "莎士比亚：训练 / Shakespeare: train"),
    "exercises": ("charrnn_core.exercises", "练习 / exercises"),
}
