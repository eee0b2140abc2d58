/** Where programs are looked for besides `PATH`: runtimes often pass a short one. */
export const SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/** Variables that programs obey: where their bus, locks and parts are. */
export const PASSED_ON: readonly string[] = [
  ...["DBUS_SYSTEM_BUS_ADDRESS", "XTABLES_LIBDIR", "XTABLES_LOCKFILE"],
  "LD_LIBRARY_PATH",
];

/**
 * The variables that programs such as `ip` are started with: few, in English,
 * and none of CNI's, since a program found might be a plugin. Needs
 * `--allow-env=PATH`; other variables are passed on if they may be read.
 */
export function programEnvironment(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = readIfAllowed(name);
    if (value !== "") found[name] = value;
  }
  return { ...found, PATH: searchPath(), LC_ALL: "C" };
}

/**
 * `PATH`, then the system's own folders. Only absolute folders count, since
 * others depend on the working folder; nor do those of plugins, of which one has
 * the name of iproute2's `bridge`.
 */
function searchPath(): string {
  const plugins = readIfAllowed("CNI_PATH").split(":").concat(ownFolder())
    .flatMap(spellings);
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) =>
    folder.startsWith("/") &&
    !spellings(folder).some((one) => plugins.includes(one))
  );
  return [...folders, SYSTEM_PATH].join(":");
}

/** The folder of this program; empty if that is not known. */
function ownFolder(): string {
  // As cli.ts has it: whoever starts the program puts its name in front.
  const self = Deno.build.standalone ? Deno.execPath() : Deno.args[0] ?? "";
  return self.slice(0, self.lastIndexOf("/") + 1);
}

/** A folder's path without doubled slashes, and the place that it leads to. */
function spellings(folder: string): readonly string[] {
  if (folder === "") return [];
  const plain = `/${folder}/`.replace(/\/(\.?\/)+/g, "/");
  const texts = folder.startsWith("/") ? [plain] : [];
  const { state } = Deno.permissions.querySync({ name: "read", path: folder });
  if (state !== "granted") return texts;
  try {
    return [...texts, `${Deno.realPathSync(folder)}/`];
  } catch {
    return texts;
  }
}

function readIfAllowed(variable: string): string {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) ?? "" : "";
}
