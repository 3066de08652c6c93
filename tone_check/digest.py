"""The digest of the shipped model; written by ``tone-check train``, compared before anything is loaded."""

MODEL_SHA256 = "5460d5a1e54edeb63740faefaac951f03200526aa2736e1bacbeccd73570f667"
