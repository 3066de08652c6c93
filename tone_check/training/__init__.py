"""Corpus, training and evaluation; imported by ``train`` and ``evaluate`` only."""
