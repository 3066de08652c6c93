"""The digest of the shipped model; written by ``tone-check train``, compared before anything is loaded."""

MODEL_SHA256 = "30b22fbfa84616c974d8abf0faa42bcae4c0bc9df635fe018921259b336f5ac4"
