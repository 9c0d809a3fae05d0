#!/usr/bin/env bash
# Builds the Rego fixture policies, byte for byte the same on every machine.
#
#   build.sh               rebuilds the committed modules in modules/
#   build.sh --out DIR     builds all modules into DIR
#   build.sh --expect      asks OPA itself for the answers in expected.json
#
# Exit codes: 1 a build failed, 2 wrong usage, 3 no Go, 4 another Go version,
# 5 Go modules are neither cached nor reachable.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$here/modules
mode=build
if [ "$*" = --expect ]; then
    mode=expect
elif [ $# -eq 2 ] && [ "$1" = --out ]; then
    mkdir -p "$2"
    out=$(cd "$2" && pwd)
elif [ $# -gt 0 ]; then
    sed -n 's/^#   \(build.sh\)/usage: \1/p' "$0" >&2
    exit 2
fi

cd "$here"
if ! command -v go >/dev/null; then
    echo "needs Go $(sed -n 's/^toolchain go//p' go.mod) on the PATH" >&2
    exit 3
fi
export GOFLAGS=-mod=readonly GOWORK=off GOEXPERIMENT='' GODEBUG=''
unset GOOS GOARCH
wanted=$(sed -n 's/^toolchain //p' go.mod)
if ! found=$(go env GOVERSION 2>&1) || [ "$found" != "$wanted" ]; then
    echo "needs Go ${wanted#go}; found $found" >&2
    exit 4
fi
if ! go mod download >&2; then
    echo "needs the Go modules of $here/go.mod: neither cached nor reachable" >&2
    exit 5
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
go build -o "$scratch/opa-fixtures" .
if [ $mode = expect ]; then
    exec "$scratch/opa-fixtures" expect cases.txt expected.json
fi
(cd .. && go build -o "$scratch/annotate" ./annotate)
mkdir -p "$out"
for metadata in */metadata.yml; do
    name=${metadata%/metadata.yml}
    "$scratch/opa-fixtures" build "$name" "$scratch/$name.wasm"
    "$scratch/annotate" "$metadata" "$scratch/$name.wasm" "$scratch/$name.annotated.wasm"
    # One step, so that nobody ever reads half a module.
    cp "$scratch/$name.annotated.wasm" "$out/.$name.wasm.$$"
    mv "$out/.$name.wasm.$$" "$out/$name.wasm"
done
