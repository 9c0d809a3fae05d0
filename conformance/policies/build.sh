#!/usr/bin/env bash
# Builds the fixture policies, byte for byte the same on every machine.
#
#   build.sh                      rebuilds the committed modules in modules/
#   build.sh --out DIR NAME...    builds the named policies into DIR
#   build.sh --test               runs the policies' own tests and checks their form
#
# Exit codes: 1 a build failed, 2 wrong usage, 3 no Go, 4 another Go version,
# 5 Go modules are neither cached nor reachable.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$here/modules
names=(required-labels add-annotations team-owner)

mode=build
if [ "$*" = --test ]; then
    mode=test
elif [ $# -ge 3 ] && [ "$1" = --out ]; then
    mkdir -p "$2"
    out=$(cd "$2" && pwd)
    names=("${@:3}")
elif [ $# -gt 0 ]; then
    sed -n 's/^#   \(build.sh\)/usage: \1/p' "$0" >&2
    exit 2
fi

cd "$here"
if ! command -v go >/dev/null; then
    echo "needs Go $(sed -n 's/^toolchain go//p' go.mod) on the PATH" >&2
    exit 3
fi

# What a person has set for other work must not reach the modules.
export GOFLAGS=-mod=readonly GOWORK=off GOEXPERIMENT='' GOWASM='' GODEBUG=''
unset GOOS GOARCH

wanted=$(sed -n 's/^toolchain //p' go.mod)
if ! found=$(go env GOVERSION 2>&1) || [ "$found" != "$wanted" ]; then
    echo "needs Go ${wanted#go}: another version gives other bytes; found $found" >&2
    exit 4
fi
if ! go mod download >&2; then
    echo "needs the Go modules of $here/go.mod: neither cached nor reachable" >&2
    exit 5
fi

if [ $mode = test ]; then
    unformatted=$("$(go env GOROOT)/bin/gofmt" -l .)
    if [ -n "$unformatted" ]; then
        echo "not formatted by gofmt: $unformatted" >&2
        exit 1
    fi
    GOOS=wasip1 GOARCH=wasm go vet ./...
    exec go test ./...
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
go build -o "$scratch/annotate" ./annotate
for name in "${names[@]}"; do
    if [ ! -f "$name/metadata.yml" ]; then
        echo "no policy named '$name': there is no $here/$name/metadata.yml" >&2
        exit 2
    fi
    GOOS=wasip1 GOARCH=wasm go build -trimpath -buildvcs=false -ldflags='-s -w' -o "$scratch/$name.wasm" "./$name"
    "$scratch/annotate" "$name/metadata.yml" "$scratch/$name.wasm" "$scratch/$name.annotated.wasm"
    # One step, so that nobody ever reads half a module.
    cp "$scratch/$name.annotated.wasm" "$out/.$name.wasm.$$"
    mv "$out/.$name.wasm.$$" "$out/$name.wasm"
done
