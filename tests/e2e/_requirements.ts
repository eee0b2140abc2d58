/** The folder of plugins under test: `build/bin`, or `CNI_TEST_BIN`. */
export const BIN: string = Deno.env.get("CNI_TEST_BIN") ??
  new URL(
    Deno.env.get("CNI_TEST_RESIDENT") === "1"
      ? "../../build/resident"
      : "../../build/bin",
    import.meta.url,
  ).pathname;

/** Whether each host has a daemon, which the plugins' calls go to. */
export const IS_RESIDENT: boolean = Deno.env.get("CNI_TEST_RESIDENT") === "1";

/** The folder of the Go reference plugins, as Debian installs them. */
export const REFERENCE_BIN = "/usr/lib/cni";

const SYSTEM_FOLDERS = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** What every test in the kernel needs. */
const BASE_PROGRAMS = ["ip", "nsenter", "sh"];

/**
 * Why tests that change the kernel cannot run here, or `undefined` if they can.
 *
 * @param programs Programs that are needed besides `ip` and the like; one with
 * a `/` is a path, perhaps of a device, and `link KIND` is a kind of link that
 * the kernel must have.
 */
export function whyNot(programs: readonly string[]): string | undefined {
  if (Deno.build.os !== "linux") return "needs Linux";
  if (Deno.uid() !== 0) return "needs root";
  const applet = `${BIN}/cni`;
  const missing = [...BASE_PROGRAMS, ...programs, applet]
    .filter((program) => !isThere(program));
  if (missing.length === 0) return undefined;
  return missing.includes(applet)
    ? `needs ${applet}: run make build`
    : `needs ${missing.join(", ")}`;
}

function isThere(need: string): boolean {
  const [, kind] = /^link (\w+)$/.exec(need) ?? [];
  return kind === undefined ? locate(need) !== undefined : canMakeLink(kind);
}

/**
 * Whether the kernel has this kind of link: tried in a network namespace that
 * ends with the trial.
 */
export function canMakeLink(kind: string): boolean {
  const { on = "", keys = "" } = TRIALS[kind] ?? {};
  const script = "ip link add name probe0 type veth peer name probe1 && " +
    `ip link add name probe ${on} type ${kind} ${keys}`;
  const args = ["--net", "sh", "-c", script];
  const options = { args, stderr: "null" } as const;
  return new Deno.Command("unshare", options).outputSync().success;
}

// What a kind cannot be made without.
const TRIALS: Readonly<Record<string, { on?: string; keys?: string }>> = {
  ipvlan: { on: "link probe0" },
  macvlan: { on: "link probe0" },
  vlan: { on: "link probe0", keys: "id 1" },
  vrf: { keys: "table 10" },
  vxlan: { keys: "id 1 dstport 4789" },
};

/** The path of a program, or `undefined` if it is not installed. */
export function locate(program: string): string | undefined {
  const folders = [
    ...(Deno.env.get("PATH") ?? "").split(":").filter((one) => one !== ""),
    ...SYSTEM_FOLDERS,
  ];
  const paths = program.includes("/")
    ? [program]
    : folders.map((folder) => `${folder}/${program}`);
  return paths.find(isFile);
}

function isFile(path: string): boolean {
  try {
    const { isFile, isCharDevice } = Deno.statSync(path);
    return isFile || isCharDevice === true;
  } catch {
    return false;
  }
}
