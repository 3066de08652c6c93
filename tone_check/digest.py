"""The digest of the shipped model; written by ``tone-check train``, compared before anything is loaded."""

MODEL_SHA256 = "c4a6ac200ac04d92a1303407d8aafbe34f7d31a3be7f9fc52f85bf91ea58dd8d"
