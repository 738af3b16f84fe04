#!/usr/bin/env bash
# Runs all checks: style, format, types, imports, tests. Arguments go to pytest (`packaging/test.sh -k quad`).
# With `--coverage` first, which takes longer, it also prints how many lines of each folder the tests run.
set -euo pipefail
unset PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE  # otherwise hundreds of child processes would recompile the program
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/setup.sh"

ensure_ready test
cd "$checkout"

failed=()
step() {
    local name=$1 begin=$SECONDS
    shift
    printf '\n== %s\n' "$name"
    if "$@"; then
        printf '== %s: passed (%d s)\n' "$name" "$((SECONDS - begin))"
    else
        printf '== %s: FAILED (%d s)\n' "$name" "$((SECONDS - begin))"
        failed+=("$name")
    fi
}

step "style (ruff check)" "$venv/bin/ruff" check
step "format (ruff format)" "$venv/bin/ruff" format --check
step "types (mypy)" "$venv/bin/mypy" --num-workers 2
step "rooms (import-linter)" "$venv/bin/lint-imports" --no-logo
# Two processes: each loads TensorFlow, and more would need too much memory for a small machine. Whichever is done first
# takes over tests from the other.
# With a thread for each core in both, training would run at two thirds of the speed.
TF_NUM_INTRAOP_THREADS=${TF_NUM_INTRAOP_THREADS:-$("$venv/bin/python" -c 'import os; print(max(1, (os.cpu_count() or 2) // 2))')}
export TF_NUM_INTRAOP_THREADS OCR_STUDIO_THREADS=$TF_NUM_INTRAOP_THREADS
python=("$venv/bin/python")
if [ "${1:-}" = --coverage ]; then
    shift
    python+=(-m coverage run)
    "$venv/bin/coverage" erase
fi
step "tests (pytest)" "${python[@]}" -m pytest --numprocesses 2 --dist worksteal "$@"
[ "${#python[@]}" -eq 1 ] || step "coverage" "$venv/bin/python" packaging/coverage_table.py

printf '\n'
[ "${#failed[@]}" -eq 0 ] || { printf 'failed: %s\n' "${failed[*]}"; exit 1; }
printf 'all passed\n'
