#!/usr/bin/env bash
# The integration stage of ./check: real processes, real clients, real faults. Each stage is one tag of this module's
# JUnit tests in a JVM of its own; Maven must have built the module before (`mvn verify`).
#
#   integration-tests/run.sh                     all stages
#   integration-tests/run.sh --nightly           with the long versions
#   integration-tests/run.sh [--nightly] STAGE…  these stages only: node tools files fault crash cluster chaos
#
# More for the tests' JVM: IT_OPTS="-Dit.seed=1 -Dit.keep=1". Ends with `N passed, N failed, N skipped`.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
opts=() stages=()
for arg in "$@"; do
  case $arg in
    --nightly) opts+=(-Dit.nightly=true -Dit.crash.cycles=1000) ;;
    node | tools | files | fault | crash | cluster | chaos) stages+=("$arg") ;;
    -h | --help)
      sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"
      exit 0
      ;;
    *)
      echo "run.sh: unknown stage $arg" >&2
      exit 2
      ;;
  esac
done
[ ${#stages[@]} -gt 0 ] || stages=(node tools files fault crash cluster chaos)

java=$(../chronik --java-home)/bin/java || exit 1
[ -f target/test.classpath ] || {
  echo "run.sh: build first: mvn -q verify (or ./check)" >&2
  exit 1
}
classpath=target/test-classes:$(cat target/test.classpath)
passed=0 failed=0 skipped=0 timings=() broken=()

# Adds the console launcher's count of tests that were `$2`: count LOG WORD
count() {
  local n
  n=$(sed -n "s/^\[ *\([0-9]*\) tests $2 *\]$/\1/p" "$1" | tail -n 1)
  echo "${n:-0}"
}

# Each failed test of a log with its cause, at most `$2` lines of it: failures LOG LINES
failures() {
  awk -v most="$2" '/^JUnit Jupiter > .* :: FAILED$/ { left = most + 1 } /^JUnit Jupiter > .* :: [SA]/ || /^Test run finished/ { left = 0 }
    left > 0 { print substr($0, 1, 400); left-- }' "$1"
}

run_stage() {
  local name=$1 from=$SECONDS log=target/it-$1.log ok
  echo "== $name"
  mkdir -p target/it-reports
  # shellcheck disable=SC2086
  "$java" -XX:TieredStopAtLevel=1 -Xmx2g --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    ${IT_OPTS:-} ${opts[@]+"${opts[@]}"} -cp "$classpath" org.junit.platform.console.ConsoleLauncher execute \
    --scan-classpath target/test-classes --include-tag "$name" --include-classname '.*Test' \
    --reports-dir "target/it-reports/$name" --details=testfeed --disable-banner --disable-ansi-colors >"$log" 2>&1
  ok=$?
  local good bad left
  good=$(count "$log" successful) bad=$(count "$log" failed)
  left=$(($(count "$log" skipped) + $(count "$log" aborted)))
  if [ "$ok" -ne 0 ] || [ "$good" -eq 0 ]; then
    [ "$bad" -gt 0 ] || bad=1
    failures "$log" 60
    echo "all output: integration-tests/$log" >&2
    broken+=("$(failures "$log" 3)")
  fi
  grep -E '^(crash|chaos|cluster|files|bench):' "$log" || true
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
  timings+=("$(printf '%5d s  %s: %d passed, %d failed, %d skipped' $((SECONDS - from)) "$name" "$good" "$bad" "$left")")
}

for stage in "${stages[@]}"; do run_stage "$stage"; done
echo
printf '%s\n' ${broken[@]+"${broken[@]}"} "${timings[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
