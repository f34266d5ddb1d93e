"""All figures that `make bench` prints."""

from benchmarks import catalogue, claims, handoff, lists, pages

catalogue.main()
pages.main()
handoff.main()
claims.main()
lists.main()
