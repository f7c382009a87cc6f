"""Run all benchmarks: `python -m bench` prints a table and writes build/bench.json."""

import json
import subprocess
import sys

from bench import cold_start, launcher_asset, reviewing, synth
from bench.interleaved import ROOT
from bench.row import Row, table

RESULT = ROOT / "build" / "bench.json"


def main() -> int:
    """Measure; 0 when every bound holds."""
    rows: list[Row] = []
    try:
        for benchmark in (launcher_asset, cold_start, synth, reviewing):
            print(f"{benchmark.__name__} ...", file=sys.stderr, flush=True)
            rows += benchmark.measure()
    except subprocess.CalledProcessError as error:
        print(f"bench: a command failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    RESULT.parent.mkdir(exist_ok=True)
    content = {"rows": [row.as_json() for row in rows]}
    RESULT.write_text(json.dumps(content, indent=2) + "\n")
    print(table(rows))
    print(f"\n{RESULT.relative_to(ROOT)}")
    return 0 if all(row.within_bound for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
