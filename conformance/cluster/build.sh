#!/usr/bin/env bash
# Builds etcd, kube-apiserver and kubectl for tests, once, and prints the folder that holds them.
#
#   build.sh            build unless the folder is there; print it
#   build.sh --folder   print the folder without building
#
# The folder lies outside the tree, under PORTCULLIS_CACHE (default: XDG_CACHE_HOME/portcullis or
# ~/.cache/portcullis). Its name is the digest of all that decides the content, so a folder that
# exists is complete and right: it is filled under another name and renamed when finished.
#
# Exit codes: 69 something needed is missing (Go, or modules that are neither cached nor
# reachable); 1 the build itself failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

missing=69
sources=(build.sh etcd/go.mod etcd/go.sum kubernetes/go.mod kubernetes/go.sum)

say() { printf 'cluster: %s\n' "$*" >&2; }

case "${1-}" in
    '' | --folder) ;;
    *)
        say "unknown argument '$1'; the only one is --folder"
        exit 64
        ;;
esac

# The Go version is left out on purpose: a newer Go must not cost every machine a rebuild.
key=$({ sha256sum "${sources[@]}" && uname -sm; } | sha256sum | cut -c 1-16)
cache="${PORTCULLIS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/portcullis}/cluster"
folder="$cache/$key"

if [[ "${1-}" == --folder ]]; then
    echo "$folder"
    exit 0
fi
if [[ -d "$folder" ]]; then
    echo "$folder"
    exit 0
fi

if ! command -v go >/dev/null; then
    say "Go is not on the PATH and $folder is not built yet; install Go 1.26 or newer"
    exit "$missing"
fi

mkdir -p "$cache"
# The lock only saves work: without flock two builds both finish, and the first rename wins.
if command -v flock >/dev/null; then
    exec 9>"$cache/$key.lock"
    if ! flock --nonblock 9; then
        say 'another process is building; waiting for it'
        flock 9
    fi
    if [[ -d "$folder" ]]; then
        echo "$folder"
        exit 0
    fi
    rm -rf "$cache/$key".?????? # what a build that was killed left behind
fi

unfinished=$(mktemp -d "$cache/$key.XXXXXX")
trap 'rm -rf "$unfinished"' EXIT

version=$(awk '$1 == "k8s.io/kubernetes" { print $2 } $1 == "require" && $2 == "k8s.io/kubernetes" { print $3 }' kubernetes/go.mod)
# Without these kube-apiserver calls itself v0.0.0 and clients that look at the version refuse it.
stamp=k8s.io/component-base/version
IFS=. read -r major minor _ <<<"${version#v}"
kubernetes_flags="-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=$major -X $stamp.gitMinor=$minor -X $stamp.gitTreeState=clean"

# build MODULE PACKAGE PROGRAM LDFLAGS
build() {
    say "building $3"
    # 9>&- : a compiler that outlives this script must not keep the lock.
    if ! (cd "$1" && go list -deps "$2" >/dev/null) 9>&-; then
        say "the modules of $3 are neither cached nor reachable; run this once with network"
        exit "$missing"
    fi
    (cd "$1" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "$4" -o "$unfinished/$3" "$2") 9>&-
}

say 'building etcd, kube-apiserver and kubectl; this takes some minutes, once'
build etcd go.etcd.io/etcd/server/v3 etcd '-s -w'
build kubernetes k8s.io/kubernetes/cmd/kube-apiserver kube-apiserver "$kubernetes_flags"
build kubernetes k8s.io/kubernetes/cmd/kubectl kubectl "$kubernetes_flags"

chmod 755 "$unfinished"
if ! mv -T "$unfinished" "$folder" 2>/dev/null && [[ ! -d "$folder" ]]; then
    say "can not rename $unfinished to $folder"
    exit 1
fi
echo "$folder"
