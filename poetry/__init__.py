"""Classical Chinese verse with RNN, GRU and LSTM: corpus, training, generation."""
