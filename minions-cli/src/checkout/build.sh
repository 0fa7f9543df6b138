# To be sourced by what runs a checkout's programs: builds $modules with all they need, without tests, and notes in
# $built when that was.
# The lock makes two first runs at once build once.

exec 9<"$checkout/pom.xml"
flock 9
if changed; then
    [ ! -t 2 ] || echo 'minions: building what has changed; this takes a minute the first time' >&2
    # What is edited while the build runs is newer than this and is built by the next run.
    started=$(mktemp)
    trap 'rm -f "$started"' EXIT
    if ! "$checkout/mvnw" -q -B -f "$checkout/pom.xml" -pl "$modules" -am package -Dmaven.test.skip -Dmaven.source.skip \
        </dev/null >&2 9<&-; then
        echo 'minions: the build did not succeed; its messages are above' >&2
        exit 1
    fi
    touch -r "$started" "$built"
    rm -f "$started"
    trap - EXIT
fi
exec 9<&-
