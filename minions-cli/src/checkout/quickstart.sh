# To be sourced by the minions command of a checkout: from a fresh Debian to the output of a command that ran in a VM.
# Every step that was done before is passed over, so that a second run takes seconds.

vm=quickstart
minions=$checkout/minions-cli/target/dist/bin/minions

say() {
    printf '\n==> %s\n' "$1"
}

fail() {
    printf 'minions quickstart: %s\n' "$1" >&2
    exit 1
}

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=5 "$@" ||
        fail "apt-get $1 did not succeed; its messages are above"
}

# Prints the packages of the list that are not installed.
missing_packages() {
    sed 's/ *#.*//' "$checkout/minions-cli/src/checkout/apt-packages" | while read -r package; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf '%s ' "$package"
    done
}

# Prints the newest JDK that apt has if that is 21 or newer.
jdk_package() {
    apt-cache pkgnames openjdk- | sed -n 's/^openjdk-\([0-9]*\)-jdk-headless$/\1/p' | sort -n | tail -n 1 |
        while read -r feature; do
            [ "$feature" -lt 21 ] || echo "openjdk-$feature-jdk-headless"
        done
}

install_packages() {
    . "$checkout/minions-cli/src/dist/lib/find-java.sh"
    missing=$(missing_packages)
    has_jdk=$(find_java javac)
    [ -n "$missing" ] || [ -z "$has_jdk" ] || return 0
    command -v apt-get >/dev/null 2>&1 || fail "no apt-get here; install what these Debian packages hold: $missing"
    [ -O / ] || fail "needs root to install: $missing${has_jdk:-and a JDK 21 or newer}"
    say 'looking for packages'
    apt update
    if [ -z "$has_jdk" ]; then
        jdk=$(jdk_package)
        [ -n "$jdk" ] || fail 'apt has no JDK 21 or newer here: unpack one, for example Temurin, below /usr/lib/jvm'
        missing="$missing$jdk"
    fi
    say "installing $missing"
    # shellcheck disable=SC2086 # the packages are words
    apt install -y --no-install-recommends $missing >/dev/null
}

# True if VM $vm exists and its state is $1.
is_in_state() {
    "$minions" info "$vm" --json 2>/dev/null | grep -qi "\"state\" *: *\"$1\""
}

show() {
    printf '\n$ ./minions exec %s -- %s\n' "$vm" "$*"
    "$minions" exec "$vm" -- "$@"
}

install_packages
if changed; then
    say 'building'
    . "$checkout/minions-cli/src/checkout/build.sh"
fi
if ! "$minions" image inspect debian >/dev/null 2>&1; then
    say 'making the image'
    "$minions" image build debian
fi
if ! "$minions" info "$vm" >/dev/null 2>&1; then
    say "creating VM $vm"
    "$minions" create "$vm"
elif ! is_in_state running; then
    say "starting VM $vm"
    "$minions" start "$vm"
fi
show uname -a
show cat /etc/os-release
cat <<END

VM $vm is running. To go on:

  ./minions list                            what there is
  ./minions exec $vm -- df -h        another command in it
  ./minions create web --publish 8080:80    one more, its port 80 on this host's 8080
  ./minions run debian -- uname -r          a VM for one command
  ./minions destroy $vm              remove it
  ./minions doctor                          which backends were chosen, and why
END
