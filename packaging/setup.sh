# Installs what the program needs: system libraries, a virtual environment, the locked Python packages.
# Sourced by start.sh and test.sh; only defines functions. All messages go to standard error, because standard output
# belongs to the program.
#
#   OCR_STUDIO_VENV    folder of the virtual environment (default: .venv in the checkout)
#   OCR_STUDIO_PYTHON  Python to create it with (default: the first suitable one)

checkout=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
venv=${OCR_STUDIO_VENV:-$checkout/.venv}
case $venv in /*) ;; *) venv=$PWD/$venv ;; esac

# TensorFlow has wheels for these. A newer Python needs a newer TensorFlow first.
pythons_that_fit="3.13 3.12 3.11"
space_needed_mb=4000

# Shared library -> Debian package, for libraries that the wheels of Qt, OpenCV and TensorFlow do not include
# (found with `readelf -d` over Qt's own libraries and its screen plugins xcb, wayland and offscreen).
system_libraries="
libstdc++.so.6=libstdc++6 libz.so.1=zlib1g libzstd.so.1=libzstd1
libEGL.so.1=libegl1 libGL.so.1=libgl1 libglib-2.0.so.0=libglib2.0-0 libdbus-1.so.3=libdbus-1-3
libfontconfig.so.1=libfontconfig1 libfreetype.so.6=libfreetype6
libxkbcommon.so.0=libxkbcommon0 libxkbcommon-x11.so.0=libxkbcommon-x11-0 libX11.so.6=libx11-6 libX11-xcb.so.1=libx11-xcb1
libxcb.so.1=libxcb1 libxcb-cursor.so.0=libxcb-cursor0 libxcb-glx.so.0=libxcb-glx0 libxcb-icccm.so.4=libxcb-icccm4
libxcb-image.so.0=libxcb-image0 libxcb-keysyms.so.1=libxcb-keysyms1 libxcb-randr.so.0=libxcb-randr0
libxcb-render.so.0=libxcb-render0 libxcb-render-util.so.0=libxcb-render-util0 libxcb-shape.so.0=libxcb-shape0
libxcb-shm.so.0=libxcb-shm0 libxcb-sync.so.1=libxcb-sync1 libxcb-util.so.1=libxcb-util1
libxcb-xfixes.so.0=libxcb-xfixes0 libxcb-xkb.so.1=libxcb-xkb1
libwayland-client.so.0=libwayland-client0 libwayland-cursor.so.0=libwayland-cursor0 libwayland-egl.so.1=libwayland-egl1
"

say() { printf 'ocr-studio setup: %s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# ensure_ready run|test: returns when the program (run) or its tests (test) can run; exits if they can't.
ensure_ready() {
    is_ready "$1" && return
    mkdir -p "$(dirname "$venv")" 2>/dev/null || true
    [ -w "$(dirname "$venv")" ] || fail "can't write to $(dirname "$venv"). Set OCR_STUDIO_VENV to a folder where you can write."
    with_lock set_up "$1"
}

# If two are started at once, the second waits for the first.
with_lock() {
    local lock=$venv.lock
    if command -v flock >/dev/null; then
        (
            flock -n 9 || { say "another setup is running; waiting for it"; flock 9; }
            "$@"
        ) 9>"$lock" || exit $?
    else
        until mkdir "$lock.d" 2>/dev/null; do
            kill -0 "$(cat "$lock.d/pid" 2>/dev/null)" 2>/dev/null || { sleep 1; clear_dead_lock "$lock.d"; }
            sleep 1
        done
        echo "$$" >"$lock.d/pid"
        (trap 'rm -rf "$lock.d"' EXIT; "$@") || exit $?
    fi
}

clear_dead_lock() {
    kill -0 "$(cat "$1/pid" 2>/dev/null)" 2>/dev/null || rm -rf "$1"
}

# What the environment was created from. If the checkout, lock file or Python changes, it is updated.
stamp() {
    printf '%s\n' "$checkout" "$venv"
    "$venv/bin/python" -I -S -c 'import sys; print(sys.version)' 2>/dev/null || printf 'no Python\n'
    cat "$checkout/pyproject.toml" "$checkout/packaging/setup.sh" "$(lock_file "$1")"
}

checksum() {
    if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi
}

lock_file() {
    case $1 in
        run) printf '%s\n' "$checkout/packaging/requirements.txt" ;;
        test) printf '%s\n' "$checkout/packaging/requirements-test.txt" ;;
    esac
}

is_ready() {
    [ -f "$venv/.ready-$1" ] && [ "$(stamp "$1" | checksum)" = "$(cat "$venv/.ready-$1")" ]
}

set_up() {
    is_ready "$1" && return
    say "setting up after an update or for the first start. This takes a few minutes."
    rm -f "$venv"/.ready-*
    check_system
    make_venv
    install_packages "$1"
    for kind in run "$1"; do stamp "$kind" | checksum >"$venv/.ready-$kind"; done
    say "ready."
}

# ------------------------------------------------------------------------------------------------- the system

check_system() {
    local packages
    find_python || true
    packages="$(missing_python_packages) $(missing_libraries)"
    packages=$(printf '%s\n' $packages | sort -u | tr '\n' ' ')
    packages=${packages# }
    [ -n "${packages// /}" ] || return 0
    say "[1/3] installing system packages: ${packages% }"
    apt_install $packages || say "some system packages are missing. Install them with
    sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${packages% }"
}

# find_python: sets python to the first suitable one, preferring those that can create a virtual environment.
find_python() {
    local candidate first=""
    python=""
    for candidate in ${OCR_STUDIO_PYTHON:+"$OCR_STUDIO_PYTHON"} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        python_fits "$candidate" || continue
        first=${first:-$candidate}
        python=$candidate
        python_can_make_venv && return 0
    done
    python=$first
    [ -n "$python" ]
}

python_fits() {
    command -v "$1" >/dev/null || return 1
    case " $pythons_that_fit " in *" $(python_version "$1") "*) return 0 ;; *) return 1 ;; esac
}

python_version() {
    "$1" -I -S -c 'import sys
if sys.implementation.name == "cpython" and sys.maxsize > 2**32: print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

python_can_make_venv() {
    "$python" -I -c 'import venv, ensurepip' 2>/dev/null
}

# The Debian packages with a suitable Python, or with the missing part of the installed one.
missing_python_packages() {
    local version
    if [ -n "$python" ]; then
        python_can_make_venv || printf 'python%s-venv\n' "$(python_version "$python")"
        return
    fi
    for version in $pythons_that_fit; do
        if apt-cache show "python$version-venv" >/dev/null 2>&1; then
            printf 'python%s-venv\n' "$version"
            return
        fi
    done
    printf 'python3-venv\n'
}

missing_libraries() {
    [ "$(uname -s)" = Linux ] || return 0
    local known pair ldconfig
    ldconfig=$(PATH=$PATH:/sbin:/usr/sbin command -v ldconfig) || return 0
    known=$("$ldconfig" -p 2>/dev/null)
    for pair in $system_libraries; do
        case $known in *"${pair%%=*} "*) ;; *) printf '%s\n' "${pair#*=}" ;; esac
    done
    # Qt draws text with the system's fonts; without any, the window shows no text.
    [ -n "$(find -L /usr/share/fonts /usr/local/share/fonts "${HOME:-/}/.fonts" "${HOME:-/}/.local/share/fonts" \
        \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) -print -quit 2>/dev/null)" ] || printf 'fonts-dejavu-core\n'
}

# apt_install PACKAGES: fails without apt, or if it needs a password.
apt_install() {
    local as_root=()
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root=(sudo -n)
    fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null >&2 || return 1
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q --yes --no-install-recommends "$@" \
        </dev/null >&2
}

# ------------------------------------------------------------------------------------------------- Python packages

make_venv() {
    # The contents of an unfinished environment are unknown. Pip caches downloads, so starting over is cheap.
    if [ -e "$venv/.unfinished" ] || { [ -e "$venv/pyvenv.cfg" ] && ! venv_works; }; then
        say "the environment in $venv is incomplete; recreating it"
        rm -rf "$venv"
    fi
    if [ -e "$venv" ] && [ ! -e "$venv/pyvenv.cfg" ] && [ -n "$(ls -A "$venv" 2>/dev/null)" ]; then
        fail "$venv exists but is not a virtual environment. Move it, or set OCR_STUDIO_VENV to another folder."
    fi
    if [ ! -e "$venv/pyvenv.cfg" ]; then
        find_python || no_python
        python_can_make_venv || fail "$python can't create a virtual environment. Install the packages listed above."
        enough_space
        say "[2/3] creating a virtual environment in $venv with $("$python" -V 2>&1)"
        mkdir -p "$venv" || fail "can't write to $venv. Set OCR_STUDIO_VENV to a folder where you can write."
        : >"$venv/.unfinished"
        "$python" -m venv "$venv" >&2 || fail "$python could not create a virtual environment in $venv."
    fi
    : >"$venv/.unfinished"
}

# Its Python is suitable and works (a system upgrade may have replaced it).
venv_works() {
    python_fits "$venv/bin/python" && "$venv/bin/python" -I -c 'import pip' 2>/dev/null
}

no_python() {
    local found
    found=$(python3 -V 2>&1) || found="no Python 3"
    fail "Python 3.11, 3.12 or 3.13 is required (TensorFlow doesn't support others yet), but found $found.
    Install one of them, or set its path: OCR_STUDIO_PYTHON=/path/to/python3.12 bash packaging/start.sh"
}

enough_space() {
    local free
    free=$(df -Pm "$(dirname "$venv")" 2>/dev/null | awk 'NR == 2 { print $4 }')
    case $free in '' | *[!0-9]*) return 0 ;; esac
    [ "$free" -ge "$space_needed_mb" ] || fail "$space_needed_mb MB of disk space are required in $(dirname "$venv"), but only $free MB are free.
    Free up space, or set OCR_STUDIO_VENV to a folder on another disk."
}

install_packages() {
    local pip=("$venv/bin/python" -m pip --disable-pip-version-check)
    say "[3/3] installing Python packages from $(basename "$(lock_file "$1")"), verified by hash (about 600 MB the first time)"
    "${pip[@]}" install --no-user --require-hashes --only-binary :all: --no-deps --no-warn-script-location \
        -r "$(lock_file "$1")" </dev/null >&2 ||
        fail "could not install the Python packages (see pip's message above). Check the network, then start again."
    rm -f "$venv/.unfinished"
    # The checkout itself. Its build tools are among the locked packages, so nothing else is downloaded.
    "${pip[@]}" install --no-user --quiet --no-deps --no-build-isolation --editable "$checkout" </dev/null >&2 ||
        fail "could not install the program itself (see pip's message above)."
}
