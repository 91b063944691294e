"""Run the command line: `python -m trunkline`."""

from trunkline.cli import main

if __name__ == "__main__":  # a worker process of an experiment imports this too
    main()
