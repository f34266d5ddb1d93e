"""All figures that `make bench` prints."""

import subprocess
import sys

from benchmarks import catalogue, claims, desk, handoff, lists, pages

catalogue.main()
desk.main()
pages.main()
handoff.main([])
claims.main()
lists.main()
subprocess.run([sys.executable, "-m", "benchmarks.desk_pages"], check=True)  # with settings of its own
