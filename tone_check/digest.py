"""The digest of the shipped model; written by ``tone-check train``, compared before anything is loaded."""

MODEL_SHA256 = "3d606cf31b8486e38cbda388398ef8a2e5b7af0bbf573a05482872b3934dfde1"
