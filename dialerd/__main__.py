"""`python -m dialerd` is the command line.

Not here: anything of it (cli/).
"""

from dialerd.cli.main import main

if __name__ == "__main__":
    main()
