import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeOtherBuild, OTHER_BUILD } from "../other_build.ts";
import { startDaemon } from "./_daemon.ts";
import {
  askDaemon,
  BIN,
  bridgeConfig,
  callPlugin,
  type Host,
  kernelTest,
  must,
  RESIDENT_BIN,
  run,
  whyNot,
} from "./_harness.ts";

/** Installs a build for a test; it is taken away with the host. */
async function install(
  host: Host,
  from: string,
  flags: readonly string[] = [],
): Promise<string> {
  const bin = `${host.scratchDir}/opt/cni bin`;
  const places = [`--bin-dir=${bin}`, `--prefix=${host.scratchDir}/usr`];
  await must([`${from}/cni`, "install", ...places, ...flags]);
  return bin;
}

kernelTest(
  "installed plugins call each other in the process, and survive a copy over one",
  async (host) => {
    const bin = await install(host, BIN.replace(/resident$/, "bin"));
    const config = bridgeConfig(host);
    const sandbox = await host.addSandbox();
    const env = { CNI_TRACE: "1", CNI_DAEMON_SOCKET: "/none" };
    const call = { config, sandbox, bin, env };
    const added = await callPlugin(host, "bridge", call);
    assertEquals(added.status, 0, added.stdout);
    // Executed, it would be told by its path.
    assertMatch(added.stderr, / {2}host-local ADD\n/);
    await must(["cp", "-f", "/bin/true", `${bin}/portmap`]);
    const del = await callPlugin(host, "bridge", { ...call, command: "DEL" });
    assertEquals(del.status, 0, del.stdout);
    const doctor = await run([
      `${host.scratchDir}/usr/bin/cni`,
      "tool",
      "doctor",
    ]);
    assertStringIncludes(
      doctor.stdout,
      `Installation\n  warn  ${bin}/portmap is not what was installed: another ` +
        "program was copied over it\n",
    );
    const places = [`--bin-dir=${bin}`];
    const said = await must([`${bin}/cni`, "uninstall", ...places]);
    assertStringIncludes(said, `Left ${bin}/portmap: another program`);
    const left = [...Deno.readDirSync(bin)].map(({ name }) => name);
    assertEquals(left, ["portmap"]);
  },
);

kernelTest(
  "installed shims reach the daemon beside them, also while another takes over",
  async (host) => {
    const bin = await install(host, RESIDENT_BIN, ["--resident"]);
    const socket = `/run/cni/installed-${host.id}.sock`;
    host.defer(() => Deno.remove(socket).catch(() => {}));
    const start = async () => {
      const daemon = await startDaemon(host, socket, { bin });
      host.defer(() => daemon.stop());
    };
    await start();
    const config = bridgeConfig(host);
    const sandbox = await host.addSandbox();
    const env = { CNI_TRACE: "1", CNI_DAEMON_SOCKET: socket };
    const call = { config, sandbox, bin, env };
    const added = await callPlugin(host, "bridge", call);
    assertEquals(added.status, 0, added.stdout);
    assertMatch(added.stderr, / {2}host-local ADD\n/);
    const { calls } = JSON.parse(await askDaemon(socket, "STATUS"));
    assertEquals(calls.map(({ plugin }: { plugin: string }) => plugin), [
      "bridge",
    ]);
    const doctor = await run(
      [`${bin}/cni`, "tool", "doctor", "--socket", socket],
    );
    assertStringIncludes(doctor.stdout, `  ok    daemon at ${socket} answers`);
    // Upgrades under load: another build is installed, then its daemon started.
    let isOver = false;
    const failed: string[] = [];
    const builds = [
      await makeOtherBuild(RESIDENT_BIN, `${host.scratchDir}/other`),
      RESIDENT_BIN,
    ];
    const callers = Array.from({ length: 8 }, async (_, index) => {
      const own = await host.addSandbox();
      const one = { ...call, sandbox: own, env: { CNI_DAEMON_SOCKET: socket } };
      for (let round = 0; !isOver; round++) {
        const command = round % 2 === 0 ? "ADD" : "DEL";
        const ended = await callPlugin(host, "bridge", { ...one, command });
        if (ended.status !== 0) {
          failed.push(`${index} ${command} ${ended.stdout}`);
        }
      }
      await callPlugin(host, "bridge", { ...one, command: "DEL" });
    });
    try {
      for (const build of [...builds, ...builds]) {
        await install(host, build, ["--resident"]);
        await start();
      }
    } finally {
      isOver = true;
      await Promise.all(callers);
    }
    assertEquals(failed, []);
    const last = JSON.parse(await askDaemon(socket, "STATUS"));
    assertEquals(last.buildId === OTHER_BUILD, false);
    await callPlugin(host, "bridge", { ...call, command: "DEL" });
    const said = await must([`${bin}/cni`, "uninstall", `--bin-dir=${bin}`]);
    assertStringIncludes(said, "systemctl disable --now cni-daemon");
    assertEquals([...Deno.readDirSync(bin)], []);
  },
  {
    unless: () =>
      whyNot([`${RESIDENT_BIN}/cni-shim`]) === undefined
        ? undefined
        : `needs ${RESIDENT_BIN}: run make build with a C compiler`,
  },
);
