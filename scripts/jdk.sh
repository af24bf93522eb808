# Finds a JDK 25 or newer and exports JAVA_HOME. Sourced after base.sh.

# jdk_version HOME: the feature version of the JDK (with a compiler) at HOME, 0 when there is none.
jdk_version() {
    local version=0
    if [[ -x $1/bin/javac ]]; then
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2> /dev/null)
        [[ -n $version ]] || version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
    fi
    printf '%s' "${version:-0}"
}

find_jdk() {
    local home javac=
    have javac && javac=$(readlink -f "$(command -v javac)")
    for home in "${JAVA_HOME:-}" "${javac%/bin/javac}" /usr/lib/jvm/* /opt/* ~/.sdkman/candidates/java/* ~/.jdks/*; do
        if [[ -n $home ]] && (($(jdk_version "$home") >= 25)); then
            export JAVA_HOME=$home
            return
        fi
    done
    fail 69 "A JDK 25 is needed, and none was found in JAVA_HOME, PATH, /usr/lib/jvm, /opt, ~/.sdkman or ~/.jdks. Either" \
        "  install the package temurin-25-jdk (Debian and Ubuntu, from Adoptium: https://adoptium.net/installation/linux), or" \
        "  unpack a JDK 25 (https://adoptium.net/temurin/releases/?version=25) and set JAVA_HOME to its directory." \
        "Then run this again."
}
