"""All figures that `make bench` prints."""

from benchmarks.catalogue import main

main()
