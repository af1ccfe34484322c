"""主题 (themes): from what a person says in modern Chinese to words of verse that the network was trained with."""
