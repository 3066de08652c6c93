"""The digest of the shipped model; written by ``tone-check train``, compared before anything is loaded."""

MODEL_SHA256 = "9b1a879d964c0c91dd004bf10188e6ca991a9e4cee8e1a4ad63f7cba0d64ded2"
