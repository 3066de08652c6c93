"""``python -m tone_check`` and the ``tone-check`` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line; a reader that closes its end early is no error."""
    from tone_check.cli import run

    run()


if __name__ == "__main__":
    main()
