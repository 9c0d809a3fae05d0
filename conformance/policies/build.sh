#!/usr/bin/env bash
# Builds the fixture policies, byte for byte the same on every machine.
#
#   build.sh                      rebuilds the committed modules in modules/
#   build.sh --out DIR NAME...    builds the named policies into DIR
#   build.sh --test               runs the policies' own tests and checks their form
#
# What a folder holds decides how it is built: Cargo.toml with Rust, package.json
# with AssemblyScript, anything else with Go. All need Go, for their metadata.
#
# Rust needs rustc, its library's source and wasi-libc. Other places than the PATH
# and /usr: RUSTC, CARGO, RUST_LLD (the linker) and WASI_LIBC (its folder).
#
# Exit codes: 1 a build failed, 2 wrong usage, 3 a toolchain is missing, 4 another
# version of it, 5 packages are neither cached nor reachable.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$here/modules
names=(required-labels add-annotations team-owner forbidden-names privileged-containers)

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

build_go() { # NAME
    local mode=default
    if grep -qx 'executionMode: kubewarden-wapc' "$1/metadata.yml"; then
        mode=c-shared
    fi
    GOOS=wasip1 GOARCH=wasm go build -buildmode=$mode -trimpath -buildvcs=false -ldflags='-s -w' \
        -o "$scratch/$1.wasm" "./$1"
}

build_assemblyscript() { # NAME
    if ! command -v npm >/dev/null; then
        echo "needs npm on the PATH for $1" >&2
        exit 3
    fi
    cp -r "$1" "$scratch/$1"
    if ! (cd "$scratch/$1" && npm ci --ignore-scripts --no-audit --no-fund >&2); then
        echo "needs the npm packages of $here/$1/package-lock.json: neither cached nor reachable" >&2
        exit 5
    fi
    (cd "$scratch/$1" && node_modules/.bin/asc --config asconfig.json --outFile "$scratch/$1.wasm" >&2)
}

rust_version=1.96.0

build_rust() { # NAME
    local rustc=${RUSTC:-rustc} cargo=${CARGO:-cargo} lld=${RUST_LLD:-rust-lld} libc=${WASI_LIBC:-/usr/lib/wasm32-wasi}
    local found sysroot
    if ! found=$("$rustc" --version 2>&1); then
        echo "needs Rust $rust_version on the PATH for $1" >&2
        exit 3
    fi
    if [[ $found != "rustc $rust_version "* ]]; then
        echo "needs Rust $rust_version for $1: another version gives other bytes; found $found" >&2
        exit 4
    fi
    sysroot=$("$rustc" --print sysroot)
    local library
    if ! library=$(realpath -e "$sysroot/lib/rustlib/src/rust/library" 2>/dev/null) ||
        [ ! -f "$libc/libc.a" ] || ! command -v "$lld" >/dev/null; then
        echo "needs the source of Rust's library below $sysroot, rust-lld, and wasi-libc in $libc for $1" >&2
        exit 3
    fi
    cp -r "$1" "$scratch/$1"
    local home=${CARGO_HOME:-$HOME/.cargo}
    if ! (cd "$scratch/$1" && RUSTC=$rustc "$cargo" fetch --locked >&2); then
        echo "needs the crates of $here/$1/Cargo.lock: neither cached nor reachable" >&2
        exit 5
    fi
    # The library's target is not among the built ones; its unstable parts are asked for on purpose.
    (cd "$scratch/$1" &&
        RUSTC=$rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$scratch/$1/target \
            CARGO_TARGET_WASM32_WASIP1_LINKER=$lld \
            CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="-C link-self-contained=no -C linker-flavor=wasm-ld -L native=$libc --remap-path-prefix=$library=/library --remap-path-prefix=$home=/cargo --remap-path-prefix=$scratch=/policies -Z location-detail=none" \
            "$cargo" build --release --locked --target wasm32-wasip1 -Z build-std=std,panic_abort >&2)
    cp "$scratch/$1/target/wasm32-wasip1/release/${1//-/_}.wasm" "$scratch/$1.wasm"
}
go build -o "$scratch/annotate" ./annotate
for name in "${names[@]}"; do
    if [ ! -f "$name/metadata.yml" ]; then
        echo "no policy named '$name': there is no $here/$name/metadata.yml" >&2
        exit 2
    fi
    if [ -f "$name/Cargo.toml" ]; then
        build_rust "$name"
    elif [ -f "$name/package.json" ]; then
        build_assemblyscript "$name"
    else
        build_go "$name"
    fi
    "$scratch/annotate" "$name/metadata.yml" "$scratch/$name.wasm" "$scratch/$name.annotated.wasm"
    # One step, so that nobody ever reads half a module.
    cp "$scratch/$name.annotated.wasm" "$out/.$name.wasm.$$"
    mv "$out/.$name.wasm.$$" "$out/$name.wasm"
done
