/**
 * Puts the program and its links into a folder, then a configuration into
 * another. Nothing that is there stops working at any moment: the new program
 * is tried beside the old one and takes its place by a rename, which leaves a
 * running one alone; so does each link. What had a link's name before is kept
 * beside it for {@linkcode UNINSTALL_SCRIPT}.
 *
 * Arguments: folder, program, version, configuration or "", folder of
 * configurations, names of the applets.
 */
export const INSTALL_SCRIPT = `set -eu
bin=$1 self=$2 version=$3 conf=$4 conf_dir=$5
shift 5

mkdir -p -- "$bin"
if command -v flock >/dev/null; then
  exec 9<"$bin"
  flock 9
fi

if ! [ "$self" -ef "$bin/cni" ]; then
  fresh=$bin/.cni.new
  trap 'rm -f -- "$fresh"' EXIT
  install -m 0755 -- "$self" "$fresh"
  found=$("$fresh" --version)
  [ "$found" = "cni $version" ] || {
    echo "the copy says \\"$found\\" instead of \\"cni $version\\"" >&2
    exit 1
  }
  for name; do
    [ "$name" = cnitool ] || break
  done
  CNI_COMMAND=VERSION "$fresh" "$name" </dev/null >/dev/null
  mv -f -T -- "$fresh" "$bin/cni"
fi

for name; do
  link=$bin/$name
  [ "$(readlink -- "$link")" != cni ] || continue
  if [ -e "$link" ] || [ -L "$link" ]; then
    cp -P -p -f -- "$link" "$bin/.$name.before-cni.new"
    mv -f -T -- "$bin/.$name.before-cni.new" "$bin/.$name.before-cni"
    echo "Replaced $link, which was another program's"
  fi
  ln -s -f -- cni "$bin/.$name.new"
  mv -f -T -- "$bin/.$name.new" "$link"
done

# Links of another version's.
for link in "$bin"/*; do
  case " $* " in *" \${link##*/} "*) continue ;; esac
  [ "$(readlink -- "$link")" != cni ] || rm -f -- "$link"
done

if [ -n "$conf" ]; then
  name=\${conf##*/}
  mkdir -p -- "$conf_dir"
  install -m 0600 -- "$conf" "$conf_dir/.$name.new"
  mv -f -T -- "$conf_dir/.$name.new" "$conf_dir/$name"
fi
`;

/**
 * Takes away what {@linkcode INSTALL_SCRIPT} has put there, the configuration
 * first, and puts back what it replaced. What is gone already is left out.
 *
 * Arguments: folder, file of the configuration or "".
 */
export const UNINSTALL_SCRIPT = `set -eu
bin=$1 conf=$2

[ -z "$conf" ] || rm -f -- "$conf"
[ -d "$bin" ] || exit 0
if command -v flock >/dev/null; then
  exec 9<"$bin"
  flock 9
fi

for link in "$bin"/*; do
  [ "$(readlink -- "$link")" = cni ] || continue
  kept=$bin/.\${link##*/}.before-cni
  if [ -e "$kept" ] || [ -L "$kept" ]; then
    mv -f -T -- "$kept" "$link"
    echo "Put $link back"
  else
    rm -f -- "$link"
  fi
done
rm -f -- "$bin/cni"
`;
