"""All figures that `make bench` prints."""

from benchmarks import catalogue, claims, desk, handoff, lists, pages

catalogue.main()
desk.main()
pages.main()
handoff.main([])
claims.main()
lists.main()
