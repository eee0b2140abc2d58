/**
 * Folders of state that are mounts of their own, as those are who empty them at
 * each boot; and mounts that cannot be written.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  attachmentsOf,
  BIN,
  bridgeConfig,
  callPlugin,
  type Host,
  kernelTest,
  linkNamesIn,
  mustCall,
} from "./_harness.ts";
import { flannelConfig, writeLease } from "./_flannel.ts";

/** What the runtime's cache is called, whatever the build. */
const RESULTS = "/var/lib/cni/results";

/** The folders of state of a host's networks. */
const FOLDERS = {
  "the runtime's results": () => RESULTS,
  "host-local's network": (host: Host) => `${host.dataDir}/${host.network}`,
  "host-local's data": (host: Host) => `${host.dataDir}/networks`,
  "tuning's": (host: Host) => `${host.dataDir}/tuning`,
  "flannel's": (host: Host) => `${host.dataDir}/flannel`,
} as const;

/** Two networks that use each of the folders. */
function networksOf(host: Host): readonly Record<string, unknown>[] {
  const { cniVersion: _, name, ...bridge } = bridgeConfig(host);
  const dataDir = FOLDERS["tuning's"](host);
  const tuning = { type: "tuning", dataDir, mtu: 1400 };
  const delegate = { bridge: `f${host.id}` };
  const { name: __, ...flannel } = flannelConfig(host, { delegate });
  return [
    { cniVersion: "1.1.0", name, plugins: [bridge, tuning] },
    { cniVersion: "1.1.0", name: `${name}-flannel`, plugins: [flannel] },
  ];
}

/** A mount namespace of a test, which is there until the test is over. */
interface Mounts {
  /** Runs a program in it, on the host. */
  run(words: readonly string[]): ReturnType<Host["run"]>;
  /** Runs a shell script in it that must succeed. */
  must(script: string): Promise<string>;
}

/**
 * Makes a mount namespace with networks' configurations, and with a `/run/cni`
 * of its own. What is mounted elsewhere later on may not be seen in it.
 */
async function addMounts(host: Host): Promise<Mounts> {
  const child = new Deno.Command("unshare", {
    args: ["--mount", "--propagation", "slave", "sh", "-c", "echo; read _"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  host.defer(async () => {
    await child.stdin.close();
    await child.status;
    await reader.cancel();
  });
  await reader.read();
  const inside = ["nsenter", "--mount", "--target", String(child.pid), "--"];
  const configs = `${host.dataDir}-net.d`;
  const env = { NETCONFPATH: configs, CNI_PATH: BIN };
  host.defer(() => Deno.remove(configs, { recursive: true }));
  await Deno.mkdir(configs);
  for (const network of networksOf(host)) {
    const path = `${configs}/${network.name}.conflist`;
    await Deno.writeTextFile(path, JSON.stringify(network));
  }
  await Deno.mkdir("/run/cni", { recursive: true });
  await writeLease(host);
  const mounts: Mounts = {
    run: (words) => host.run([...inside, ...words], { env }),
    must: (script) => host.must([...inside, "sh", "-ec", script], { env }),
  };
  await mounts.must("mount -t tmpfs none /run/cni");
  return mounts;
}

/** Calls `cnitool` for both networks. */
async function mustTool(
  mounts: Mounts,
  host: Host,
  words: (network: string) => readonly string[],
): Promise<void> {
  for (const { name } of networksOf(host)) {
    const all = [`${BIN}/cnitool`, ...words(String(name))];
    const { status, stdout, stderr } = await mounts.run(all);
    assertEquals(status, 0, `${all.join(" ")}: ${stderr}${stdout}`);
  }
}

/** The files that name a container, or are half-written, in all folders. */
async function leftIn(mounts: Mounts, host: Host): Promise<string> {
  const folders = Object.values(FOLDERS).map((folder) => folder(host));
  return await mounts.must(
    `find ${folders.join(" ")} -type f -name '*tmp.*'; ` +
      `find ${folders.join(" ")} -type f -path '*${host.id}*' ` +
      `! -name lock ! -name 'last_reserved_ip.*' ! -path '*/.cni/*' ` +
      `! -path '*/.locks/*'`,
  );
}

const INTERFACES: Record<string, string> = { "": "eth0", "-flannel": "eth1" };

function interfaceOf(host: Host, network: string): readonly string[] {
  return ["-i", INTERFACES[network.slice(host.network.length)]!];
}

kernelTest(
  "state: folders that are mounts of their own serve every verb",
  async (host) => {
    const sandbox = await host.addSandbox();
    const mounts = await addMounts(host);
    const folders = Object.values(FOLDERS).map((folder) => folder(host));
    for (const path of folders) {
      await mounts.must(`mkdir -p ${path}; mount -t tmpfs none ${path}`);
    }
    const call = (verb: string) =>
      mustTool(mounts, host, (network) => [
        ...[verb, network, sandbox.path, ...interfaceOf(host, network)],
      ]);
    await call("add");
    for (const path of folders) {
      const found = await mounts.must(`find ${path} -xdev -type f`);
      assert(found !== "", `${path} is empty`);
    }
    await call("check");
    await call("del");
    assertEquals(await leftIn(mounts, host), "");
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
    await call("add");
    // As a start of the system leaves the cache.
    await mounts.must(`rm -f ${RESULTS}/${host.network}*`);
    await mustTool(mounts, host, (network) => ["gc", network, sandbox.path]);
    assertEquals(await leftIn(mounts, host), "");
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
  },
  { needs: ["unshare", "mount", "find"] },
);

kernelTest(
  "state: ADD names the folder that is mounted read-only, and leaves nothing",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const mounts = await addMounts(host);
    const folders = Object.values(FOLDERS).map((folder) => folder(host));
    for (const [what, folder] of Object.entries(FOLDERS)) {
      await t.step(what, async () => {
        const path = folder(host);
        await mounts.must(`mkdir -p ${folders.join(" ")}`);
        await mounts.must(`mount -t tmpfs -o ro none ${path}`);
        const failures: string[] = [];
        for (const { name } of networksOf(host)) {
          const words = [name, sandbox.path].map(String);
          const { status, stdout, stderr } = await mounts.run(
            [`${BIN}/cnitool`, "add", ...words],
          );
          if (status !== 0) failures.push(stdout + stderr);
          else await mounts.run([`${BIN}/cnitool`, "del", ...words]);
        }
        const isShared = what === "the runtime's results";
        assertEquals(failures.length, isShared ? 2 : 1);
        for (const failure of failures) {
          assertStringIncludes(failure, path);
          assertStringIncludes(failure, "Read-only file system");
          assertStringIncludes(failure, "writable");
        }
        await mounts.must(`umount ${path}`);
        assertEquals(await leftIn(mounts, host), "");
        assertEquals(await linkNamesIn(sandbox), ["lo"]);
      });
    }
  },
  { needs: ["unshare", "mount", "find"] },
);

/** Words that run a plugin where `/run/cni` is read-only and empty. */
const READ_ONLY_RUN = [
  ...["unshare", "--mount", "--propagation", "slave", "sh", "-c"],
  'mount -t tmpfs -o ro none /run/cni && exec "$0" "$@"',
];

kernelTest(
  "state: bridge and host-local live without a folder for locks",
  async (host) => {
    const sandbox = await host.addSandbox();
    const before = await attachmentsOf(host);
    const config = bridgeConfig(host, { isGateway: true, ipMasq: true });
    const call = { sandbox, wrapper: READ_ONLY_RUN };
    const prevResult = await mustCall(host, "bridge", { ...call, config });
    const full = { ...config, prevResult };
    for (const command of ["CHECK", "DEL", "DEL"]) {
      await mustCall(host, "bridge", { ...call, command, config: full });
    }
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
    assertEquals(await attachmentsOf(host), before);
  },
  { needs: ["unshare", "mount", "iptables", "ip6tables"] },
);

/** Chained plugins that write to `/run/cni`, with keys that have them do so. */
const NOTED: Record<string, object> = {
  portmap: {
    runtimeConfig: {
      portMappings: [{ hostPort: 8080, containerPort: 80, protocol: "tcp" }],
    },
  },
  bandwidth: { ingressRate: 8_000_000, ingressBurst: 80_000 },
  tuning: { mtu: 1400 },
};

/** Those that cannot do without, as they could not undo what they do. */
const NEEDS_FOLDER = ["tuning"];

for (const [plugin, keys] of Object.entries(NOTED)) {
  kernelTest(
    `state: ${plugin} says what to do about a folder that is read-only`,
    async (host) => {
      const sandbox = await host.addSandbox();
      const bridge = bridgeConfig(host);
      const added = { config: bridge, sandbox };
      const prevResult = await mustCall(host, "bridge", added);
      const before = await attachmentsOf(host);
      const { cniVersion, name } = bridge;
      const config = { cniVersion, name, type: plugin, ...keys, prevResult };
      const call = { config, sandbox, wrapper: READ_ONLY_RUN };
      const { status, stdout, stderr } = await callPlugin(host, plugin, call);
      const isNeeded = NEEDS_FOLDER.includes(plugin);
      const said = isNeeded ? stdout : stderr;
      assertEquals(status, isNeeded ? 1 : 0);
      assertStringIncludes(said, `/run/cni/${plugin}`);
      assertStringIncludes(said, "Read-only file system");
      assertStringIncludes(said, "make that folder writable");
      await mustCall(host, plugin, { ...call, command: "DEL" });
      assertEquals(await attachmentsOf(host), before);
    },
    { needs: ["unshare", "mount", "iptables", "ip6tables", "tc"] },
  );
}
