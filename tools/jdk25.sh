# Points JAVA_HOME at a JDK 25 or newer and checks for Maven; sourced by the commands of the README.
jdk_version() {
    "$1/bin/javac" -version 2>/dev/null | sed -n 's/^javac \([0-9]*\).*/\1/p'
}

find_jdk25() {
    local home
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* \
        "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [ -x "$home/bin/javac" ] && [ "$(jdk_version "$home")" -ge 25 ] 2>/dev/null; then
            printf '%s\n' "$home"
            return
        fi
    done
    return 1
}

if ! JAVA_HOME=$(find_jdk25); then
    echo "needs a JDK 25 or newer (for example Eclipse Temurin 25): install it or set JAVA_HOME" >&2
    exit 1
fi
export JAVA_HOME
if ! command -v mvn >/dev/null; then
    echo "needs Maven 3.8.7 or newer on the PATH" >&2
    exit 1
fi
