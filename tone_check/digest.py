"""The digest of the shipped model; written by ``tone-check train``, compared before anything is loaded."""

MODEL_SHA256 = "1b0c43265fde22dc958e46d475e3532570594e0a0216f5c090677fdb2f33506c"
