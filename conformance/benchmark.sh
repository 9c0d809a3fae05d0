#!/usr/bin/env bash
# Measures the gateway that the last `mvn package` built. Without arguments: prints what it can measure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/jdk25.sh

classpath=conformance/target/benchmark.classpath
if [[ ! -f "$classpath" || ! -d conformance/target/classes ]]; then
    echo 'benchmark: nothing is built yet; run: mvn package' >&2
    exit 69
fi
# The driver shares the machine with what it measures: a serial collector keeps it small.
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -Xmx512m \
    -Dlogback.configurationFile=dev/portcullis/conformance/benchmark/logback-benchmark.xml \
    --class-path "conformance/target/classes:$(<"$classpath")" \
    dev.portcullis.conformance.benchmark.Benchmark "${@:---help}"
