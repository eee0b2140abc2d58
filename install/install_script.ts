import { SCRIPT_FUNCTIONS } from "./script_functions.ts";

/**
 * Puts the program into the plugins' folder, under each plugin's name too, and
 * what belongs to it where it belongs. All is made and tried aside; what is
 * there works until it is replaced, by renames. What is another program's is
 * kept for {@linkcode UNINSTALL_SCRIPT}.
 *
 * Each name is a file of its own. A link that leads to the program would have
 * it replaced by what somebody copies over the link.
 *
 * Variables: `dest`, `bin`, `prefix`, `links` (names in it), `self`, `version`,
 * `build`, `reply`, `library` and `deno` (empty for the compiled form), `shim`
 * and `unit` (empty without the resident mode), `conf` (may be empty),
 * `conf_dir`. Names: `cnitool` and the plugins.
 */
export const INSTALL_SCRIPT = `${SCRIPT_FUNCTIONS}
# For Deno's own words about what does not start.
export NO_COLOR=1
[ -z "$shim" ] || [ -f "$shim" ] ||
  fail "$shim is missing: a release or a build that was made without a C compiler for this machine has none; take one that has, or run make build where there is a C compiler, then build/resident/cni install --resident"
mkdir -p -- "$at"
lock
stage=$at/.cni-new.$$
made= taken=
trap clean_up EXIT
rm -rf -- "$at"/.cni-new.*
mkdir -- "$stage"

# Before files are replaced, what was kept of them goes as well.
clean_up() {
  [ -n "$taken" ] || [ ! -e "$stage/.kept" ] ||
    xargs -0 rm -f -- <"$stage/.kept"
  rm -rf -- "$stage" \${made:+"$made"}
}

# Keeps a file of a folder that is about to be replaced.
keep() {
  kept=$1/.$2.before-cni
  [ "$1/$2" -ef "$kept" ] || {
    printf '%s\\0' "$kept" >>"$stage/.kept"
    # A second link keeps owner and times without any privilege.
    ln -P -f -T -- "$1/$2" "$kept" 2>/dev/null ||
      cp -P -p -f -- "$1/$2" "$kept" 2>/dev/null ||
      cp -P -f --preserve=mode,timestamps -- "$1/$2" "$kept"
  }
  echo "Kept $1/$2 as \${kept##*/}"
}

# Finds or makes a library folder of this build. What runs from one that is
# there is not disturbed: it is used as it is, or another is made.
place_library() {
  root=$prefix/lib/cni-toolkit
  mkdir -p -- "$dest$root"
  lock_libraries "$root"
  lib=$root/$build
  count=0
  while [ -e "$dest$lib" ] && ! is_same_library "$dest$lib"; do
    count=$((count + 1))
    lib=$root/$build-$count
  done
  if [ ! -e "$dest$lib" ]; then
    fresh=$dest$lib.new.$$
    made=$fresh
    mkdir -p -- "$fresh"
    # Not its folders: compiled code goes by the files' places.
    find "$library" -maxdepth 1 -type f ! -name '.*' \\
      -exec cp -f -t "$fresh" -- {} +
    cp -f -- "$deno" "$fresh/deno"
    chmod -R u=rwX,go=rX "$fresh"
    mv -T -- "$fresh" "$dest$lib"
    made=$dest$lib
  fi
}

is_same_library() {
  diff -q -r --exclude=cache --exclude=deno --exclude='.*' \\
    -- "$library" "$1" >/dev/null && cmp -s -- "$deno" "$1/deno"
}

quote() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\\\\\''/g")"; }

# Writes the portable form's launcher for a library folder.
write_launcher() {
  while IFS= read -r line; do
    case $line in
      _cni_lib=*) line=_cni_lib=$(quote "$1") ;;
      _cni_bin=*) line=_cni_bin=$(quote "$bin") ;;
      _cni_deno=*) line=_cni_deno=$(quote "$1/deno") ;;
    esac
    printf '%s\\n' "$line"
  done <"$self" >"$stage/cni"
  chmod 0755 "$stage/cni"
}

# Loads each file once, so that Deno's cache holds its compiled code.
warm() {
  for file in "$lib"/*.js; do
    printf 'await import("./%s");\\n' "\${file##*/}"
  done >"$stage/warm.js"
  mv -- "$stage/warm.js" "$lib/warm.js"
  sed 's|/cli\\.js"|/warm.js"|' "$stage/cni" >"$stage/warm"
  chmod 0755 "$stage/warm"
  "$stage/warm"
  rm -- "$lib/warm.js" "$stage/warm"
}

# Each name has the time of what it is a copy of: so the program knows it again.
make_names() {
  for name; do
    model=$starter
    [ -z "$shim" ] || [ "$name" = cnitool ] || model=cni-shim
    cp -f --preserve=mode,timestamps -- "$stage/$model" "$stage/$name"
  done
}

# A new program must answer as this one does, by the name of a plugin.
try() {
  found=$("$stage/cni" --version) || fail "the new program does not start"
  [ "$found" = "cni $version" ] ||
    fail "the new program says \\"$found\\" instead of \\"cni $version\\""
  for name; do
    [ "$name" = cnitool ] || break
  done
  # Without a daemon; then without the launcher's own answer.
  for trace in '' 0; do
    found=$(CNI_TRACE=$trace CNI_DAEMON_SOCKET=$stage/none CNI_COMMAND=VERSION \\
      "$stage/$name" </dev/null) ||
      fail "$name, asked for VERSION, ended with exit status $?\${found:+: $found}"
    [ "$found" = "$reply" ] ||
      fail "$name answers VERSION with \\"$found\\" instead of \\"$reply\\""
  done
  [ -z "$shim" ] || grep -q -a -F -e "$build" -- "$stage/cni-shim" ||
    fail "cni-shim is of another build than cni: build both again"
}

if [ -n "$library" ]; then
  starter=cni
  place_library
  write_launcher "$dest$lib"
  [ -n "$dest" ] || [ -z "$made" ] || warm
else
  starter=cni-launcher
  lib=
  cp -f -- "$self" "$stage/cni"
  chmod 0755 "$stage/cni"
  cat >"$stage/cni-launcher" <<'END'
#!/bin/sh
# Starts cni by this name. A file, not a link: copied over, it leaves cni alone.
exec "\${0%/*}/cni" "\${0##*/}" "$@"
END
  chmod 0755 "$stage/cni-launcher"
fi
if [ -n "$shim" ]; then
  cp -f -- "$shim" "$stage/cni-shim"
  chmod 0755 "$stage/cni-shim"
fi
make_names "$@"
try "$@"
if [ -n "$library" ] && [ -n "$dest" ]; then
  # Only now for its final place, where it cannot be tried.
  [ -z "$made" ] || rm -rf -- "$dest$lib/cache"
  write_launcher "$lib"
  make_names "$@"
fi

# From here on nothing should fail. What is written of the record first says
# that old and new are ours.
previous=$(library_of "$at/cni")
fresh_record=$stage/.record
{
  echo '# What cni install has put here; cni uninstall removes it.'
  echo "# version $version"
  echo "# build $build"
  [ -z "$shim" ] || echo '# resident'
  [ -z "$lib" ] || echo "# library $lib"
  recorded conf | while IFS= read -r line; do
    [ "\${line#* }" = "$conf_dir/\${conf##*/}" ] || echo "# conf $line"
  done
  (cd "$stage" && sha256sum -- *)
} >"$fresh_record"
find_ours
for path in "$stage"/*; do
  name=\${path##*/}
  ! is_there "$at/$name" || is_ours "$name" || keep "$at" "$name"
done
cat "$fresh_record" >"$stage/.both"
[ ! -e "$record" ] || cat "$record" >>"$stage/.both"
old_links=$(recorded link)
old_unit=$(recorded unit)
mv -f -T -- "$stage/.both" "$record"
taken=1
# The program first, which some of the others start.
mv -f -T -- "$stage/cni" "$at/cni"
mv -f -t "$at" -- "$stage"/*
[ -z "$lib" ] || {
  made=
  grep -q -s -x -F -e "$bin" -- "$dest$lib/.installed-in" ||
    printf '%s\\n' "$bin" >>"$dest$lib/.installed-in"
}

# Names that are ours no longer.
printf '%s\\n' "$ours" | while IFS= read -r name; do
  [ -z "$name" ] || grep -q -e "  $name\\$" -- "$fresh_record" ||
    put_back "$at" "$name"
done
root=$prefix/lib/cni-toolkit
# Before build ids, the library was the root itself.
[ ! -e "$dest$root/cli.js" ] || {
  find "$dest$root" -maxdepth 1 -type f -exec rm -f -- {} +
  rm -rf -- "$dest$root/cache"
}
remove_libraries "$root" running "$lib" "$previous"

# Puts a program of the plugins' folder into PREFIX/bin too.
link_program() {
  path=$dest$prefix/bin/$1
  if [ "$(readlink -- "$path" || :)" != "$bin/$1" ]; then
    ! is_there "$path" || keep "$dest$prefix/bin" "$1"
    ln -s -f -n -- "$bin/$1" "$path.new.$$"
    mv -f -T -- "$path.new.$$" "$path"
    echo "Linked $path to $bin/$1"
  fi
  echo "# link $prefix/bin/$1" >>"$fresh_record"
}
printf '%s\\n' "$old_links" | while IFS= read -r path; do
  [ -z "$path" ] || [ "\${path%/*}" = "$prefix/bin" ] ||
    [ "$(readlink -- "$dest$path" || :)" != "$bin/\${path##*/}" ] ||
    put_back "$dest\${path%/*}" "\${path##*/}"
done
for name in $links; do
  if mkdir -p -- "$dest$prefix/bin" 2>/dev/null && [ -w "$dest$prefix/bin" ]; then
    link_program "$name"
  else
    echo "Made no link to $name in $dest$prefix/bin: it is not writable"
  fi
done

unit_file=$prefix/lib/systemd/system/cni-daemon.service
if [ -n "$unit" ] && { [ -n "$dest" ] || [ -d /run/systemd/system ]; }; then
  folder=$dest\${unit_file%/*}
  mkdir -p -- "$folder"
  printf '%s' "$unit" >"$stage/unit"
  cmp -s -- "$stage/unit" "$dest$unit_file" || {
    ! is_there "$dest$unit_file" ||
      [ "$old_unit" = "$(sum_of "$dest$unit_file") $unit_file" ] ||
      keep "$folder" cni-daemon.service
    cp -f -- "$stage/unit" "$dest$unit_file.new"
    chmod 0644 "$dest$unit_file.new"
    mv -f -T -- "$dest$unit_file.new" "$dest$unit_file"
    echo "Wrote $dest$unit_file"
  }
  echo "# unit $(sum_of "$stage/unit") $unit_file" >>"$fresh_record"
elif [ -n "$old_unit" ]; then
  take_away loudly "\${old_unit%% *}" "$dest\${old_unit#* }"
fi

if [ -n "$conf" ]; then
  name=\${conf##*/}
  mkdir -p -- "$conf_at"
  install -m 0600 -- "$conf" "$conf_at/.$name.new"
  sum=$(sum_of "$conf_at/.$name.new")
  if is_there "$conf_at/$name" && [ "$(sum_of "$conf_at/$name")" != "$sum" ]; then
    recorded conf | grep -q -x -F -e "$(sum_of "$conf_at/$name") $conf_dir/$name" ||
      keep "$conf_at" "$name"
  fi
  mv -f -T -- "$conf_at/.$name.new" "$conf_at/$name"
  echo "# conf $sum $conf_dir/$name" >>"$fresh_record"
fi
mv -f -T -- "$fresh_record" "$record"
`;
