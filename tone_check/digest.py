"""The digest of the shipped model; written by ``tone-check train``, compared before anything is loaded."""

MODEL_SHA256 = "0f92339e2deb103f2c0a8fb79bb3a0a5ad19aab8bd4d90babebb26abf77bf2c2"
