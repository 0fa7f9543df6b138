# To be sourced by a POSIX shell: finds a Java 21 or newer without starting one.

# The feature version of the Java in directory $1 if it has the program $2, else 0.
# The release file is read because starting a JVM takes longer.
java_version() {
    if [ -x "$1/bin/$2" ] && [ -r "$1/release" ]; then
        feature=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
        echo "${feature:-0}"
    else
        echo 0
    fi
}

# Prints the home of the first Java 21 or newer that has the program $1 (java, or javac for a JDK):
# JAVA_HOME, then PATH, then the newest in /usr/lib/jvm. Prints nothing if there is none.
find_java() {
    on_path=$(command -v "$1" || true)
    [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    for candidate in "${JAVA_HOME:-}" "$on_path"; do
        if [ -n "$candidate" ] && [ "$(java_version "$candidate" "$1")" -ge 21 ]; then
            echo "$candidate"
            return
        fi
    done
    newest=20
    found=
    for candidate in /usr/lib/jvm/*; do
        feature=$(java_version "$candidate" "$1")
        if [ "$feature" -gt "$newest" ]; then
            newest=$feature
            found=$candidate
        fi
    done
    [ -z "$found" ] || echo "$found"
}
