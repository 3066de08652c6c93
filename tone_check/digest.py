"""The digest of the shipped model; written by ``tone-check train``, compared before anything is loaded."""

MODEL_SHA256 = "d20f0ce12171163ec8dfe5c27642a70a1de8f1a581d8588bc276de21b9106b8f"
