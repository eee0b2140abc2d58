import { SCRIPT_FUNCTIONS } from "./script_functions.ts";

/**
 * Takes away what `INSTALL_SCRIPT` has put in place, the configuration first
 * and the program last, and puts back what that replaced. What is gone already
 * is passed over; what another program has put in its place since is left.
 *
 * Variables: `dest`, `bin`, `conf` (may be empty), `conf_dir`.
 */
export const UNINSTALL_SCRIPT = `${SCRIPT_FUNCTIONS}
if [ -n "$conf" ]; then
  path=$conf_at/\${conf##*/}
  sum=$(recorded conf | while IFS= read -r line; do
    [ "\${line#* }" != "$conf_dir/\${conf##*/}" ] || echo "\${line%% *}"
  done)
  [ -n "$sum" ] || [ ! -f "$path" ] || sum=$(sum_of "$path")
  take_away quietly "$sum" "$path"
fi
[ -d "$at" ] || exit 0
lock

take_name_away() {
  if is_there "$at/$1" && ! is_ours "$1"; then
    [ ! -e "$record" ] ||
      echo "Left $at/$1: another program has replaced it"
  else
    put_back "$at" "$1"
  fi
}

recorded unit | while IFS= read -r line; do
  take_away loudly "\${line%% *}" "$dest\${line#* }"
done
recorded link | while IFS= read -r path; do
  [ "$(readlink -- "$dest$path" || :)" != "$bin/\${path##*/}" ] ||
    put_back "$dest\${path%/*}" "\${path##*/}"
done
# The program last: until then, what is there works.
find_ours
{
  printf '%s\\n' "$ours"
  [ ! -e "$record" ] || sed -n '/^#/!s/^[0-9a-f]*  //p' "$record"
} | grep -v -x -e cni -e '' | sort -u | while IFS= read -r name; do
  take_name_away "$name"
done
take_name_away cni
library=$(recorded library)
[ -z "$library" ] || [ ! -d "$dest\${library%/*}" ] || {
  lock_libraries "\${library%/*}"
  remove_libraries "\${library%/*}" any
}
! grep -q -s -x '# resident' "$record" ||
  echo "A daemon that runs is left: end it by systemctl disable --now cni-daemon, or SIGTERM"
rm -f -- "$record"
`;
