# To be sourced by bin/minions: finds a Java and makes it an archive of the classes that a start loads.
# Sets java_home, arch, archive and cache. Where no archive can be made, Minions starts without: more slowly.

. "$home/lib/find-java.sh"
java_home=$(find_java java)
if [ -z "$java_home" ]; then
    echo 'minions: no Java 21 or newer in JAVA_HOME, PATH or /usr/lib/jvm: install one, or set JAVA_HOME' >&2
    exit 1
fi
arch=$(uname -m)
archive=

# Prints the option that makes an archive, or the one that uses it.
archive_option() {
    if [ "$(java_version "$java_home" java)" -ge 25 ]; then
        [ "$1" = make ] && echo -XX:AOTCacheOutput= || echo -XX:AOTCache=
    else
        [ "$1" = make ] && echo -XX:ArchiveClassesAtExit= || echo -XX:SharedArchiveFile=
    fi
}

# In a subshell, under a lock: where several start at once, one prepares and the others do not wait for it.
prepare() (
    exec 9<"$home/lib/minions-cli.jar"
    flock -n 9 || exit 0
    [ ! -t 2 ] || echo 'minions: preparing for fast starts (once)' >&2
    umask 022
    next=$(mktemp -d "$cache.XXXXXX")
    trap 'rm -rf "$next"' EXIT
    trap 'exit 130' INT TERM HUP
    chmod 755 "$next"
    touch -r "$java_home/lib/modules" "$next/java-stamp"
    touch -r "$home/lib/minions-cli.jar" "$next/jar-stamp"
    # shellcheck disable=SC2086 # the options are words
    timeout 120 "$java_home/bin/java" $java_options "$(archive_option make)$next/archive" \
        "-Dminions.home=$home" "-Dorg.sqlite.lib.path=$home/lib/native/$arch" \
        -cp "$home/lib/minions-cli.jar" dev.minions.cli.Training </dev/null >/dev/null 2>&1 9<&- || rm -f "$next/archive"
    use=
    [ ! -f "$next/archive" ] || use=$(archive_option use)
    printf '%s\n' "$java_home" "$arch" "$use" >"$next/java"
    rm -rf "$cache"
    mv -T "$next" "$cache"
)

if mkdir -p "${own_cache%/*}" 2>/dev/null && [ -w "${own_cache%/*}" ]; then
    cache=$own_cache
elif ! mkdir -p "${cache%/*}" 2>/dev/null || ! [ -w "${cache%/*}" ]; then
    cache=
fi
if [ -n "$cache" ]; then
    prepare || [ $? -ne 130 ] || exit 130
    is_prepared "$cache" || archive=
fi
