"""Classical Chinese verse with RNN, GRU and LSTM: corpus, training, generation."""

from charrnn_core.command import end_at_ctrl_c

end_at_ctrl_c()
