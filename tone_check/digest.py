"""The digest of the shipped model; written by ``tone-check train``, compared before anything is loaded."""

MODEL_SHA256 = "be0cb656f817993c3a7273c1a5563533425740d16381af963543c080e417b8ae"
