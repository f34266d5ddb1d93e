"""All figures that `make bench` prints."""

from benchmarks import catalogue, pages

catalogue.main()
pages.main()
