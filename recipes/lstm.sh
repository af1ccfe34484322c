#!/usr/bin/env bash
# The shipped LSTM, from an encoded corpus to a weights file in one command, on a CPU or a GPU (docs/training-log.md):
#
#   recipes/lstm.sh CORPUS.npz RUN OUT.safetensors [options of poetry.train]
#
# Options after the three names win over those below: --batch-tokens, --steps, --init, --resume. On a GPU, where a batch
# should be large (G0 of docs/training-log.md; the network that it starts from may be smaller, it is widened):
#
#   DEVICE=cuda recipes/lstm.sh CORPUS.npz RUN OUT.safetensors --batch-tokens 40000 --learning-rate 2e-3 --warmup 300 \
#       --dropout 0.2 --sources tang,tang,song
#
# How many steps fit into an hour is learned from a short run: the bar shows tokens a second.
set -euo pipefail
corpus=$1 run=$2 out=$3 device=${DEVICE:-cpu}
shift 3

# All of Tang; of Song and, twice more, of Tang what is in the four regulated forms. The rate of a run that goes on
# from trained weights begins low: from 8e-4 half of a short run only brings back what the start cost.
python -m poetry.train --data "$corpus" --out "$run" --init poetry/weights/lstm.safetensors --device "$device" \
    --embedding 512 --hidden 1024 --attention 256 \
    --sources tang,song:regulated,tang:regulated,tang:regulated \
    --steps 4000 --batch-tokens 3600 --learning-rate 4.5e-4 --warmup 100 --dropout 0.12 --validate-every 400 "$@"
# What the network that wrote the marked poems can learn from them wears off: of a network far from it, have poems marked anew.
python -m poetry.fit_marks "$run" --data "$corpus" --marks recipes/marks.jsonl --device "$device"
python -m poetry.fit_rhymes "$run" --data "$corpus" --poems 120
python -m poetry.fit_lines "$run" --data "$corpus" --lines recipes/lines.jsonl recipes/taste.jsonl --device "$device"
python -m poetry.export "$run" -o "$run/network.safetensors" --trained-as "docs/training-log.md"
python -m poetry.fit_phrases "$run/network.safetensors" --data "$corpus" --least 2 -o "$run/phrases.safetensors"
python -m poetry.fit_taste "$run/phrases.safetensors" --lines recipes/taste.jsonl -o "$out"
python -m benchmarks.quality --weights "$out" --data "$corpus"
