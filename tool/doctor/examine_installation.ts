import type { Run } from "../../lib/linux/mod.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** What there is of this program in a folder of plugins. */
export interface Installation {
  readonly folder: string;
  /** Whether the plugins are the shim. */
  readonly isResident: boolean;
  /** Plugins that are not the shim, where they are to be. */
  readonly notShim: readonly string[];
  /** Whether the shim belongs to this program's build. */
  readonly isSameBuild: boolean;
  readonly diagnoses: readonly Diagnosis[];
}

/**
 * Looks at the folders in a shell, which may read all that its user may. Each
 * line that it prints is a kind, a folder and a word.
 *
 * Arguments: build, names of plugins, `--`, folders.
 */
const SCRIPT = `build=$1 names=
shift
while [ "$1" != -- ]; do
  names="$names $1"
  shift
done
shift
for folder; do
  cd "$folder" 2>/dev/null || continue
  say() { printf '%s\\t%s\\t%s\\n' "$1" "$folder" "$2"; }
  if [ -r .cni-installed ]; then
    say record "$(grep -c '^[0-9a-f]' .cni-installed)"
    sha256sum --check --quiet .cni-installed 2>/dev/null |
      while IFS= read -r line; do
        case $line in
          *'FAILED open or read') say missing "\${line%%: *}" ;;
          *FAILED) say changed "\${line%%: *}" ;;
        esac
      done
  elif [ "$(readlink bridge)" = cni ]; then
    say links "$(CNI_COMMAND= ./cni --version </dev/null 2>&1 | head -n 1)"
  fi
  [ -f cni-shim ] || continue
  say shim
  ! grep -q -a -F -e "$build" cni-shim || say build
  for name in $names; do
    [ ! -e "$name" ] || cmp -s "$name" cni-shim || say noshim "$name"
  done
done
`;

/** Finds out what is left of what was installed in some folders. */
export async function examineInstallation(
  folders: readonly string[],
  { run, buildId = "", plugins }: {
    readonly run: Run;
    readonly buildId?: string | undefined;
    readonly plugins: readonly string[];
  },
): Promise<readonly Installation[]> {
  const args = ["-c", SCRIPT, "sh", buildId, ...plugins, "--", ...folders];
  const { stdout } = await run({ program: "sh", args });
  const lines = stdout.split("\n").map((line) => line.split("\t"));
  return folders.map((folder) => {
    const words = (kind: string) =>
      lines.filter(([one, place]) => one === kind && place === folder)
        .map(([, , word = ""]) => word);
    const found = { changed: words("changed"), missing: words("missing") };
    return {
      folder,
      isResident: words("shim").length > 0,
      notShim: words("noshim").filter((name) => !found.changed.includes(name)),
      isSameBuild: words("build").length > 0,
      diagnoses: [
        ...words("record").flatMap((count) =>
          diagnoseRecord(folder, { ...found, count })
        ),
        ...words("links").flatMap((said) => diagnoseLinks(folder, said)),
      ],
    };
  });
}

function diagnoseRecord(
  folder: string,
  { changed, missing, count }: {
    readonly changed: readonly string[];
    readonly missing: readonly string[];
    readonly count: string;
  },
): readonly Diagnosis[] {
  if (changed.length + missing.length === 0) {
    const text = `${folder}: all ${count} files are as they were installed`;
    return [{ status: "ok", text }];
  }
  const again = `cni install --bin-dir ${folder}`;
  return [
    ...changed.map((name) => ({
      // The shim starts it, and in the compiled form every name.
      status: name === "cni" ? "failure" as const : "warning" as const,
      text: `${folder}/${name} is not what was installed: another program ` +
        "was copied over it",
      remedy: `to replace it, and keep a copy: ${again}`,
    })),
    ...missing.map((name) => ({
      status: "warning" as const,
      text: `${folder}/${name} is missing`,
      remedy: again,
    })),
  ];
}

/** Links of a release that was unpacked, or of a build. */
function diagnoseLinks(folder: string, said: string): readonly Diagnosis[] {
  if (said.startsWith("cni ")) return [];
  const text = `${folder}/cni is another program, which all plugins there ` +
    "start: something was copied over a link";
  const remedy = "unpack the release elsewhere and have it installed: ./cni " +
    `install --bin-dir ${folder}`;
  return [{ status: "failure", text, remedy }];
}
