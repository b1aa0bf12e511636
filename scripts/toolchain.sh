# shellcheck shell=bash
# Sourced by the scripts beside it: which Rust toolchain is used. The one on PATH where it is new enough
# (a rustup toolchain stays what it is), else Debian's own in /usr/bin.

rust_wanted() {
    sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$ROOT/Cargo.toml" | head -n 1
}

# rust_found [PATH]: the version of rustc there, if cargo is there too.
# shellcheck disable=SC2030,SC2031
rust_found() (
    [[ -z ${1:-} ]] || PATH=$1
    cargo --version >/dev/null 2>&1 && rustc --version 2>/dev/null | cut -d ' ' -f 2
)

rust_new_enough() {
    local found
    found=$(rust_found "${1:-}") && [[ -n $found ]] && printf '%s\n%s\n' "$(rust_wanted)" "$found" | sort -V -C
}

# Puts a toolchain that is new enough first on PATH; 1 where there is none.
# shellcheck disable=SC2031
use_rust() {
    rust_new_enough && return 0
    rust_new_enough /usr/bin:/bin || return 1
    export PATH=/usr/bin:$PATH
}
