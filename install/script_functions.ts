/**
 * What both scripts begin with: the arguments up to `--` become variables, the
 * rest are names; then functions.
 *
 * `bin` is the folder of the plugins as it will be called, `dest` what stands
 * before it for now. The record in it, `.cni-installed`, says by checksums what
 * is ours, as `sha256sum --check` reads it, and in its comments what else there
 * is: the library folder, links, the unit, configurations.
 */
export const SCRIPT_FUNCTIONS = `set -eu
umask 022
while [ "$1" != -- ]; do
  eval "\${1%%=*}=\\\${1#*=}"
  shift
done
shift
at=$dest$bin
conf_at=$dest$conf_dir
record=$at/.cni-installed
# Before there were records, every name was a link to the program.
is_legacy=
[ -e "$record" ] || [ "$(readlink -- "$at/cnitool" || :)" != cni ] || is_legacy=1

fail() {
  printf '%s\\n' "$1" >&2
  exit 1
}

# Only one at a time. Without flock, whoever installs sees to it.
lock() {
  command -v flock >/dev/null || return 0
  exec 9<"$at"
  flock 9
}

is_there() { [ -e "$1" ] || [ -L "$1" ]; }

sum_of() { sha256sum <"$1" | cut -c -64; }

# What a kind of comment in the record says, a line for each.
recorded() {
  [ ! -e "$record" ] || sed -n "s/^# $1 //p" "$record"
}

# Finds the names in the plugins' folder that are as they were installed.
find_ours() {
  ours=$(
    find "$at" -maxdepth 1 '(' -lname cni -o -lname cni-shim ')' -printf '%f\\n'
    if [ -e "$record" ]; then
      cd "$at"
      sha256sum -- * 2>/dev/null | grep -x -F -f "$record" | cut -c 67-
    elif [ -n "$is_legacy" ]; then
      printf '%s\\n' cni-shim cni
    fi
  )
}

is_ours() {
  case "
$ours
" in
    *"
$1
"*) return 0 ;;
  esac
  return 1
}

# Puts back what was kept of a name, or removes what has that name.
put_back() {
  if is_there "$1/.$2.before-cni"; then
    mv -f -T -- "$1/.$2.before-cni" "$1/$2"
    echo "Put back $1/$2"
  else
    rm -f -- "$1/$2"
  fi
}

# Takes a file away that was put there with a checksum; says so if it has
# changed since, or is another program's.
take_away() {
  if [ -f "$3" ] && [ "$(sum_of "$3")" != "$2" ]; then
    echo "Left $3: it has changed since it was installed"
  else
    ! is_there "$3" || [ "$1" = quietly ] || echo "Removed $3"
    put_back "\${3%/*}" "\${3##*/}"
  fi
}

# The library folder that a launcher leads to.
library_of() {
  [ ! -f "$1" ] || head -c 4096 -- "$1" |
    sed -n "/^_cni_lib='/{s/^_cni_lib='\\(.*\\)'\\$/\\1/p;q}"
}

# Whether a library folder is in use: by another folder of plugins or, if
# asked, by a process.
is_used() {
  if [ -e "$dest$1/.installed-in" ]; then
    while IFS= read -r other; do
      [ "$other" = "$bin" ] || [ "$(library_of "$dest$other/cni")" != "$1" ] ||
        return 0
    done <"$dest$1/.installed-in"
  fi
  [ "$2" = running ] || return 1
  [ -n "$(find /proc -maxdepth 2 -name exe -lname "$dest$1/deno" 2>/dev/null)" ]
}

# What library folders are made and removed under.
lock_libraries() {
  command -v flock >/dev/null || return 0
  exec 8<"$dest$1"
  flock 8
}

# Removes the library folders of a root, but for those named and those in use.
remove_libraries() {
  root=$1 which=$2
  shift 2
  for folder in "$dest$root"/*/; do
    folder=\${folder%/}
    folder=\${folder#"$dest"}
    [ -e "$dest$folder/cli.js" ] || continue
    case " $* " in *" $folder "*) continue ;; esac
    is_used "$folder" "$which" || rm -rf -- "$dest$folder"
  done
  rmdir -- "$dest$root" 2>/dev/null || :
}
`;
