"""Hostile input for what reads mail: ``make fuzz``, or ``python -m fuzz [HARNESS...] --seconds N``.

``harnesses``  what must hold whatever the bytes are; plain functions, run by the tests too
``seeds``      where fuzzing begins: the tables of the tests
``drive``      one harness under atheris (libFuzzer, guided by coverage)

An input that breaks a promise is made smaller and kept in ``tests/fuzz/crashes/HARNESS``, where
``tests/fuzz/test_replay.py`` runs it for ever after.
"""
