import { reasonOf, runCommand } from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { normalizePath } from "../../../lib/state/mod.ts";
import { networkFolder } from "./disk_store.ts";
import type { Owner } from "./reservations.ts";

/** Whose reservations {@linkcode releaseOutside} removes, and where. */
export interface OutsideOptions {
  /** The folder of all networks, as configured. */
  readonly dataDir: string;
  /** The network's name, already checked. */
  readonly network: string;
  /** An interface of a container, both names already checked. */
  readonly owner: Owner;
}

/**
 * Removes an interface's reservations from a folder that this program may not
 * use, by a shell: what another build or the reference has attached there must
 * not be kept by a permission of ours. It looks at regular files with the name
 * of an address only, as a DEL in a permitted folder does, and takes the
 * reference's lock where there is a `flock` program.
 *
 * @throws {CniError} Code 5 if a file cannot be removed.
 */
export async function releaseOutside(
  { dataDir, network, owner }: OutsideOptions,
): Promise<void> {
  const folder = networkFolder(normalizePath(dataDir), network);
  const args = ["-c", SCRIPT, "sh", folder, owner.containerId, owner.ifname];
  const { status, stderr } = await runCommand({ program: "sh", args });
  if (status === 0) return;
  const message = `Cannot free all addresses of ${owner.containerId}`;
  throw new CniError(CniCode.IoFailure, message, {
    details: `ipam.dataDir leads to ${folder}: ${reasonOf(stderr)}`,
  });
}

// As parseOwner() and reservationsOf() do it: the interface's own files, or
// else those that name the container alone, which old releases wrote.
const SCRIPT = String.raw`
export LC_ALL=C
[ -d "$1" ] || exit 0
cd "$1" || exit 1
cr=$(printf '\r')
if [ ! -L lock ] && command -v flock >/dev/null && (: >>lock) 2>/dev/null; then
  exec 9>>lock
  flock 9
fi
found=
failed=0
release() {
  for file in [0-9a-f:]*; do
    case $file in *[!0-9a-f:._]*) continue ;; esac
    if [ ! -f "$file" ] || [ -L "$file" ]; then continue; fi
    first= second=
    { read -r first; read -r second; } <"$file"
    [ "$first" = "$1" ] && [ "$second" = "$2" ] || continue
    found=yes
    rm -f "./$file" || failed=1
  done
}
release "$2$cr" "$3"
[ "$found" ] || release "$2" ""
exit $failed
`;
