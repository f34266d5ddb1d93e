"""Benchmarks: figures as ratios against plain ways to the same answers, each run with one command."""
