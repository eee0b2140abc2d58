import { assert, assertEquals, assertRejects } from "@std/assert";
import { bundle, BUNDLE_ENTRY } from "../scripts/bundle.ts";
import { compile, type Target } from "../scripts/compile.ts";
import { NOTICES } from "../scripts/notices.ts";
import { programPermissions } from "../scripts/permissions.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";
import { minimalPe } from "./minimal_pe.ts";

/** The whole list: a permission that is added shows up here. */
const STATE_DIRS = [
  "/run/netns",
  "/var/run/netns",
  "/var/lib/cni",
  "/run/cni",
  "/var/run/cni",
  "/run/cni-ipam-state",
  "/var/run/cni-ipam-state",
  "/run/ipam-state",
  "/var/run/ipam-state",
  "/run/flannel",
  "/var/run/flannel",
];
const EMBEDDED_PERMISSIONS = {
  allow_env: [
    "CNI_COMMAND",
    "CNI_CONTAINERID",
    "CNI_NETNS",
    "CNI_IFNAME",
    "CNI_ARGS",
    "CNI_PATH",
    "CNI_NETNS_OVERRIDE",
    "CNI_DELEGATIONS",
    "CNI_NETWORK_LOCKS",
    "NETCONFPATH",
    "CAP_ARGS",
    "CNI_FORCE_EXEC",
    "CNI_TRACE",
    "NO_COLOR",
    "TERM",
    "PATH",
    "DBUS_SYSTEM_BUS_ADDRESS",
    "XTABLES_LIBDIR",
    "XTABLES_LOCKFILE",
    "LD_LIBRARY_PATH",
  ],
  deny_env: null,
  ignore_env: null,
  allow_net: null,
  deny_net: null,
  allow_ffi: null,
  deny_ffi: null,
  allow_read: [
    ...STATE_DIRS,
    "/etc/cni",
    "/opt/cni",
    "/usr/lib/cni",
    "/usr/libexec/cni",
    "/etc/resolv.conf",
    "/run/systemd/resolve/resolv.conf",
    "/var/run/systemd/resolve/resolv.conf",
    "/run/systemd/resolve/stub-resolv.conf",
    "/var/run/systemd/resolve/stub-resolv.conf",
    "/srv/state",
    "/srv/plugins",
    "/opt/cni/bin",
  ],
  deny_read: null,
  ignore_read: null,
  // An empty list is "all" here, and "none" only for imports.
  allow_run: [],
  deny_run: null,
  allow_sys: null,
  deny_sys: null,
  allow_write: [...STATE_DIRS, "/srv/state"],
  deny_write: null,
  allow_import: [],
  deny_import: [],
  prompt: false,
};

const TARGETS: Readonly<Record<Target, "elf" | "pe">> = {
  "x86_64-unknown-linux-gnu": "elf",
  "aarch64-unknown-linux-gnu": "elf",
  "x86_64-pc-windows-msvc": "pe",
};

Deno.test("the compiled program carries the bundle and its permissions, no more", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    const bundleDir = `${folder}/bundle`;
    await bundle(PROJECT_ROOT, bundleDir);
    const runtimes = { elf: `${folder}/denort`, pe: `${folder}/denort.exe` };
    // Any executable will do where the result is read and not run.
    await Deno.copyFile("/bin/true", runtimes.elf);
    await Deno.writeFile(runtimes.pe, minimalPe());
    const extra = { stateDirs: ["/srv/state"], readDirs: ["/srv/plugins"] };
    for (const [target, kind] of Object.entries(TARGETS)) {
      await t.step(target, async () => {
        const output = `${folder}/${target}${kind === "pe" ? ".exe" : ""}`;
        await compile({
          entry: `${bundleDir}/${BUNDLE_ENTRY}`,
          output,
          permissions: programPermissions(extra, "/opt/cni/bin"),
          target: target as Target,
          denort: runtimes[kind],
        });
        const program = await readProgram(output);
        const socket = "unix:/run/cni/daemon.sock";
        const allow_net = kind === "elf" ? [socket, `${socket}.new`] : null;
        assertEquals(program.permissions, {
          ...EMBEDDED_PERMISSIONS,
          allow_net,
        });
        assertEquals(program.entry, BUNDLE_ENTRY);
        assertEquals(program.files, await codeFiles(bundleDir));
        assert(program.files.length > 1, "the bundle is in parts");
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("compile() names the runtime that it was told to use and cannot", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a.js`, "");
    await assertRejects(
      () =>
        compile({
          entry: `${folder}/a.js`,
          output: `${folder}/a`,
          permissions: { read: ["/r"], write: ["/w"], env: ["E"] },
          denort: `${folder}/none`,
        }),
      Error,
      `${folder}/none`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What a compiled program says of itself: it stands in it as plain JSON. */
async function readProgram(file: string): Promise<{
  readonly permissions: unknown;
  readonly entry: unknown;
  readonly files: readonly string[];
}> {
  const bytes = await Deno.readFile(file);
  const text = new TextDecoder("latin1").decode(bytes);
  const metadata = JSON.parse(jsonAt(text, text.indexOf('{"argv":')));
  const tree = JSON.parse(jsonAt(text, text.indexOf('[{"File":')));
  const files = (tree as readonly { readonly File: { readonly n: string } }[])
    .map((entry) => entry.File.n);
  return {
    permissions: metadata.permissions,
    entry: metadata.entrypoint_key,
    files: files.sort(),
  };
}

/** The JSON value that starts at an offset, and ends where its brackets do. */
function jsonAt(text: string, start: number): string {
  assert(start >= 0, "no such value in the program");
  let depth = 0;
  for (const { 0: token, index } of text.slice(start).matchAll(TOKENS)) {
    if (token === "{" || token === "[") depth++;
    if (token === "}" || token === "]") depth--;
    if (depth === 0) return text.slice(start, start + index + 1);
  }
  throw new Error("the value does not end");
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{}]/g;

/** The files of a bundle, but for the notices, which lie beside the program. */
async function codeFiles(folder: string): Promise<readonly string[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder)))
    .map(({ name }) => name);
  return names.filter((name) => name !== NOTICES).sort();
}
