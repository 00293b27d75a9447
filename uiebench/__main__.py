"""``python -m uiebench`` is the command line."""

from uiebench.cli import main

if __name__ == "__main__":
    main()
