# The launcher of one process. It runs in a session of its own, in the directory that keeps what is known about the
# process. Launcher.java starts it:
#
#   sh launch BOOT_ID PID_NAMESPACE durable|ephemeral one|tree LOG CONSOLE_LOG RUN_DIRECTORY \
#       COMPANION_WORDS [COMPANION [ARGUMENT...]] PROGRAM [ARGUMENT...]
#
# A companion is a program, of that many words, that writes the console log in the program's stead. A log is the path of its files without their ending; an empty one is none. A tree is a program that leads a session of
# its own, and what is left of the session when it has ended is ended too.
#
# Only builtins on the way to the program, but for one mkfifo: each process more is a millisecond more. The numbers of
# file descriptors have one digit because POSIX promises no more than that.
set -u
umask 077
boot=$1 pidns=$2 lifetime=$3 tree=$4 log=$5 console=$6 run=$7 companion=$8
shift 8

# Keeps the last one to two MiB of standard input in LOG.prev and LOG.cur, with nobody else about: split runs its
# filter anew for each MiB. Unlike head or dd, it passes on at once what it has read.
keep() {
    export keep="$1"
    SHELL=/bin/sh exec split -b 1048576 --filter='
        if [ -s "$keep.cur" ]; then mv -f "$keep.cur" "$keep.prev"; fi
        exec cat >"$keep.cur"' - x
}

# Waits for the end of the pipe from the program that wants the process, then ends the process if it is still that one.
# cat, because the process may have put a line feed into its own name.
reap() {
    while read -r _; do :; done
    if read -r _ _ _ start <identity; then
        stat=$(cat "/proc/$1/stat") || exit 0
        set -- "$1" ${stat##*) }
        if [ "start=${21}" != "$start" ]; then exit 0; fi
    fi
    kill -KILL "$1"
}

# Starts the companion, which is the first words of what it is given. Its descriptor 3 is the life of the program to be
# read: at the end of file it ends too.
accompany() {
    program=$(($# - companion))
    i=0
    while [ "$i" -lt "$companion" ]; do
        set -- "$@" "$1"
        shift
        i=$((i + 1))
    done
    shift "$program"
    exec 3<&- 3<life <companion >&6 2>&6 6>&- 7<&- 8>&- 9>&-
    cd "$run" || exit 125
    exec "$@"
}

# Both ends of a FIFO are opened before anybody is started, so that no open can block; then each side keeps its own.
# 3 life (the process has it), 4 console and 6 log (it writes them), 8 drained (the log keepers have it), 9 our caller.
mkfifo life drained log.fifo console.fifo || exit 125
exec 3<>life 8<>drained 9<>log.fifo 6>log.fifo 7<log.fifo 9>&1
keep "$log" <&7 >/dev/null 2>&1 3>&- 6>&- 7<&- 9>&- &
if [ -n "$console" ]; then
    exec 7<>console.fifo 4>console.fifo 5<console.fifo 7<&-
    keep "$console" <&5 >/dev/null 2>&1 3>&- 4>&- 5<&- 6>&- 9>&- &
fi
if [ "$companion" -gt 0 ]; then
    accompany "$@" 5<&- &
    exec 4>&-
    shift "$companion"
fi
(
    # Whoever removes the directory first makes this write fail: then nothing is started that nobody would know of.
    read -r pid _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start _ </proc/self/stat
    identity="boot=$boot pidns=$pidns pid=$pid start=$start"
    exec <input || exit 125
    printf '%s\n' "$identity" >identity || exit 125
    printf '%s\n' "$identity" >&9 || exit 125
    exec >&6 2>&6 5<&- 6>&- 7<&- 8>&- 9>&-
    cd "$run" || exit 125
    exec "$@"
) &
child=$!
exec 4>&- 5<&0 6>&- 7<&- 8>&- 9>&- </dev/null >/dev/null 2>&1
if [ "$lifetime" = ephemeral ]; then
    reap "$child" <&5 3>&- 5<&- &
    reaper=$!
fi
exec 5<&-
wait "$child"
code=$?
if [ "$tree" = tree ]; then kill -KILL "-$child"; fi
printf '%s\n' "$code" >exit
if [ "$lifetime" = ephemeral ]; then kill "$reaper"; fi
