import { assertEquals, assertStringIncludes } from "@std/assert";
import { readManifest } from "./daemonset.ts";
import {
  askDaemon,
  bridgeConfig,
  type Host,
  kernelTest,
  mustCall,
  RESIDENT_BIN,
  run,
  whyNot,
} from "./e2e/_harness.ts";

/** Whoever a node's folders may belong to. */
const OTHER_UID = 12345;

const unless = () =>
  whyNot([`${RESIDENT_BIN}/cni-shim`]) === undefined
    ? undefined
    : `needs ${RESIDENT_BIN}: run make build with a C compiler`;

/** The folders of a node that belong to another user, and what stands there. */
async function makeNode(host: Host): Promise<string> {
  const root = `${host.scratchDir}/node`;
  const { configMap } = await readManifest();
  await Deno.mkdir(`${root}/config`, { recursive: true });
  for (const [name, text] of Object.entries(configMap.data)) {
    await Deno.writeTextFile(`${root}/config/${name}`, text);
  }
  for (const folder of ["host/opt/cni/bin", "host/etc/cni/net.d"]) {
    await Deno.mkdir(`${root}/${folder}`, { recursive: true });
    await Deno.chown(`${root}/${folder}`, OTHER_UID, OTHER_UID);
  }
  const theirs = `${root}/host/opt/cni/bin/flannel`;
  await Deno.writeTextFile(theirs, "theirs", { mode: 0o700 });
  await Deno.chown(theirs, OTHER_UID, OTHER_UID);
  return root;
}

/** Runs the manifest's step on a node, as a pod's container is run. */
async function runStep(root: string, added: readonly string[]) {
  const { daemonSet } = await readManifest();
  const [{ args = [], securityContext } = {}] =
    daemonSet.spec.template.spec.initContainers;
  assertEquals(securityContext?.capabilities?.drop, ["ALL"]);
  const names = added.map((name) => `,+${name.toLowerCase()}`).join("");
  return await run([
    ...["setpriv", "--no-new-privs", `--bounding-set=-all${names}`],
    ...["--inh-caps=-all", "--", `${RESIDENT_BIN}/cni`],
    ...args.map((word) => word.replace("=/", `=${root}/`)),
    // The image's own folder, not the node's.
    `--prefix=${root}/usr`,
  ]);
}

kernelTest(
  "the DaemonSet installs into folders of another owner, by its capabilities",
  async (host, t) => {
    const root = await makeNode(host);
    const bin = `${root}/host/opt/cni/bin`;
    await t.step("not without them", async () => {
      const { status, stderr } = await runStep(root, []);
      assertEquals(status, 1);
      assertStringIncludes(stderr, "Permission denied");
      assertEquals([...Deno.readDirSync(bin)].map(({ name }) => name), [
        "flannel",
      ]);
    });
    await t.step("with them, and keeps what was there", async () => {
      const { daemonSet } = await readManifest();
      const [install] = daemonSet.spec.template.spec.initContainers;
      const added = install?.securityContext?.capabilities?.add ?? [];
      const { status, stderr } = await runStep(root, added);
      assertEquals([status, stderr], [0, ""]);
      const kept = await Deno.readTextFile(`${bin}/.flannel.before-cni`);
      assertEquals(kept, "theirs");
      const shim = await Deno.readFile(`${RESIDENT_BIN}/cni-shim`);
      assertEquals(await Deno.readFile(`${bin}/flannel`), shim);
      const { mode, uid } = await Deno.stat(
        `${root}/host/etc/cni/net.d/10-flannel.conflist`,
      );
      assertEquals([mode! & 0o777, uid], [0o600, 0]);
    });
  },
  { needs: ["setpriv"], unless },
);

kernelTest(
  "the DaemonSet's daemon leaves the pod's mount namespace and takes calls",
  async (host) => {
    const { daemonSet } = await readManifest();
    const [{ command = [], args = [] } = {}] =
      daemonSet.spec.template.spec.containers;
    const socket = `/run/cni/pod-${host.id}.sock`;
    host.defer(() => Deno.remove(socket).catch(() => {}));
    // This process stands for the node's first one.
    const words = [...command, ...args].map((word) =>
      word.replace("--target=1", `--target=${Deno.pid}`)
        .replace("/opt/cni/bin", RESIDENT_BIN)
    );
    const child = new Deno.Command("nsenter", {
      args: [
        ...[`--net=${host.path}`, "--", "unshare", "--mount", "--"],
        ...[...words, "--socket", socket],
      ],
      stdin: "null",
      stderr: "piped",
    }).spawn();
    const reader = child.stderr.getReader();
    try {
      const { value } = await reader.read();
      const said = new TextDecoder().decode(value);
      assertStringIncludes(said, `listening on ${socket}`);
      const call = {
        ...{ bin: RESIDENT_BIN, config: bridgeConfig(host) },
        sandbox: await host.addSandbox(),
        env: { CNI_DAEMON_SOCKET: socket },
      };
      await mustCall(host, "bridge", call);
      await mustCall(host, "bridge", { ...call, command: "DEL" });
      const { calls, declined } = JSON.parse(await askDaemon(socket, "STATUS"));
      assertEquals([calls.length, declined], [2, {}]);
    } finally {
      // As kubelet ends a container.
      child.kill("SIGTERM");
      assertEquals((await child.status).code, 0);
      await reader.cancel();
    }
  },
  { unless },
);
