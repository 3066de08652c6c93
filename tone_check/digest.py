"""The digest of the shipped model; written by ``tone-check train``, compared before anything is loaded."""

MODEL_SHA256 = "d262dc38c4c99f8bb64b6d95e6fdcf7224fd704e68d79ae8b86557b66b01c115"
