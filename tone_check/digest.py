"""The digest of the shipped model; written by ``tone-check train``, compared before anything is loaded."""

MODEL_SHA256 = "798cd60430955b1eddb918143152733fd74687064258549c5d480c64eb1239a9"
