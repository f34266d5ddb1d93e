"""Cross-checks with other people's engines, where these are installed."""

import json
import sys
from random import Random

import pytest
from hypothesis import given, settings

from benchmarks import space as benchmark
from benchmarks.instances import read_instance
from benchmarks.peers import PEERS, Options, PeerMissing, dd_bdd, dd_space, python_sat
from configurator.mixing.budget import Budget
from configurator.mixing.compiling import compile_space
from configurator.mixing.filtering import FilteredSpace, compile_filter
from configurator.mixing.model import Model
from tests.configurator.mixing.brute_force import models
from tests.configurator.mixing.instances import FOLDER, load_json, published_space, tea_model
from tests.length import long_or_short


def _peer(name: str, model: Model) -> Options:
    try:
        return PEERS[name](model)
    except PeerMissing as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("name", sorted(PEERS))
def test_a_peer_gives_the_same_options_along_a_session(name: str) -> None:
    space = compile_space(tea_model())
    options = _peer(name, space.model)
    played = benchmark.Sessions()
    played.play(space, Random(5))

    assert [options(chosen) for chosen, _ in played.asked] == [found for _, found in played.asked]


def test_python_sat_gives_the_same_options_along_a_session_of_a_large_space() -> None:
    space = published_space("syn_local_20x12_lim3")
    options = _peer("python-sat", space.model)
    played = benchmark.Sessions()
    played.play(space, Random(6))

    for chosen, found in played.asked[::6]:
        assert options(chosen) == found


def test_python_sat_gives_the_same_options_where_no_diagram_holds_all_rules() -> None:
    model = load_json("syn_random_20x12_hard")
    options = _peer("python-sat", model)
    diagram, left_out = compile_filter(model, Budget(nodes=5_000))
    space = FilteredSpace(model, diagram, left_out=left_out, uses_sat=False)
    played = benchmark.Sessions()
    played.play(space, Random(7))

    for chosen, found in played.asked[3::8]:
        assert options(chosen) == found


@given(model=models())
@settings(max_examples=long_or_short(600, 30))
def test_dd_and_python_sat_give_the_same_options_of_random_models(model: Model) -> None:
    found = compile_space(model).options()

    for make in (dd_bdd, python_sat):
        try:
            assert make(model)({}) == found
        except PeerMissing as missing:
            pytest.skip(str(missing))


@given(model=models().filter(lambda model: bool(model.sizes)))
@settings(max_examples=long_or_short(600, 30))
def test_dd_counts_as_we_do(model: Model) -> None:
    try:
        _, names, space = dd_space(model)
    except PeerMissing as missing:
        pytest.skip(str(missing))

    assert space.count(nvars=sum(map(len, names))) == compile_space(model).count()


@pytest.mark.parametrize("name", ["syn_tea_4x8x8.json.gz", "fm_database_berkeleydb_Hierons2020.dimacs.gz"])
def test_dd_counts_a_published_problem_as_we_do(name: str) -> None:
    if not (FOLDER / name).exists():
        pytest.skip(f"{name} is no part of this repository")
    model = read_instance(FOLDER / name)
    try:
        _, names, space = dd_space(model)
    except PeerMissing as missing:
        pytest.skip(str(missing))

    assert space.count(nvars=sum(map(len, names))) == compile_space(model).count()


def test_a_benchmark_prints_one_line_per_file_with_the_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    path = FOLDER / "syn_tea_4x8x8.json.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is no part of this repository")
    pytest.importorskip("constraint")

    benchmark.main([str(path), "--sessions", "2", "--peer", "python-constraint"])

    (line,) = capsys.readouterr().out.splitlines()
    figures = json.loads(line)
    assert list(figures)[:14] == [
        *("file", "slots", "rules", "exact", "count", "nodes", "arcs", "bytes", "compile_ms"),
        *("query_mean_us", "p50", "p95", "max", "count_ms"),
    ]
    assert (figures["slots"], figures["rules"], figures["exact"], figures["count"]) == (3, 10, True, 141)
    assert figures["peer_questions"] == 8
    assert figures["times_faster"] > 0


def test_a_peer_that_is_missing_is_named_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysat.solvers", None)

    with pytest.raises(PeerMissing, match="python-sat is not installed; `pip install python-sat` brings it"):
        python_sat(tea_model())
