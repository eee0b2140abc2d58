import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compileShim } from "../../scripts/shim.ts";
import { PROJECT_ROOT } from "../../scripts/project.ts";
import {
  addressesIn,
  attachmentsOf,
  bridgeConfig,
  hostLocal,
  must,
  type Output,
  REFERENCE_BIN,
  RESIDENT_BIN,
  residentTest,
  run,
  type Sandbox,
} from "./_harness.ts";
import { firewallChain } from "./_resident_chain.ts";

const SUCCESS = 0;

/** The output of a call that must have succeeded. */
function succeeded(output: Output): Output {
  assertEquals(output.status, SUCCESS, output.stdout + output.stderr);
  return output;
}

residentTest(
  "daemon: runs the calls of a life, and delegates within itself",
  async (host, { call, status }) => {
    const config = bridgeConfig(host, { isGateway: true, ipMasq: true });
    const sandbox = await host.addSandbox();
    const before = await attachmentsOf(host);
    const { stdout } = succeeded(await call("bridge", { config, sandbox }));
    const prevResult = JSON.parse(stdout);
    assertEquals(addressesIn(prevResult).length, 1);
    const next = { config: { ...config, prevResult }, sandbox };
    succeeded(await call("bridge", { ...next, command: "CHECK" }));
    succeeded(await call("bridge", { ...next, command: "DEL" }));
    succeeded(await call("bridge", { ...next, command: "VERSION" }));
    assertEquals((await attachmentsOf(host)).links, before.links);
    const { calls, declined } = await status();
    assertEquals(
      calls.map(({ plugin, command, code }) => `${plugin} ${command} ${code}`),
      ["bridge ADD 0", "bridge CHECK 0", "bridge DEL 0", "bridge VERSION 0"],
    );
    assertEquals(declined, {});
  },
);

residentTest(
  "daemon: what it declines is done by the program itself, rightly",
  async (host, { call, socket, status }, t) => {
    const config = bridgeConfig(host);
    const add = async (
      why: string,
      more: Parameters<typeof call>[1],
      name = "bridge",
    ) => {
      const sandbox = more.sandbox ?? await host.addSandbox();
      succeeded(await call(name, { ...more, config, sandbox }));
      const links = await sandbox.must(["ip", "-j", "link", "show"]);
      assertStringIncludes(links, '"eth0"', why);
      succeeded(await call(name, { ...more, config, sandbox, command: "DEL" }));
      const { declined, calls } = await status();
      const done = calls.filter(({ plugin }) => plugin === name);
      assertEquals([declined[why], done], [2, []], why);
    };
    await t.step("another network namespace", async () => {
      const other = await host.addNetns();
      const wrapper = ["nsenter", `--net=${other.path}`, "--"];
      await add("network_namespace", { config, wrapper });
      // It was made where the call came from, not where the daemon is.
      await other.must(["ip", "link", "show", "dev", host.bridge]);
      const here = await host.run(["ip", "link", "show", "dev", host.bridge]);
      assertEquals(here.status === SUCCESS, false);
    });
    await t.step("another mount namespace", async () => {
      const wrapper = ["unshare", "--mount", "--"];
      await add("mount_namespace", { config, wrapper });
    });
    await t.step("another build", async () => {
      const bin = `${host.scratchDir}/other`;
      await Deno.mkdir(bin);
      const output = `${bin}/cni-shim`;
      await compileShim(PROJECT_ROOT, { buildId: "another", output });
      await Deno.copyFile(`${RESIDENT_BIN}/cni`, `${bin}/cni`);
      for (const name of ["bridge", "host-local"]) {
        await Deno.symlink("cni-shim", `${bin}/${name}`);
      }
      await add("build", { config, bin, path: RESIDENT_BIN });
    });
    await t.step("a relative path from another folder", async () => {
      const sandbox = await host.addSandbox();
      const netns = sandbox.path.replace("/run/", "");
      const wrapper = ["env", "--chdir=/run", "--"];
      await add("relative_path", { config, sandbox, netns, wrapper });
    });
    await t.step("programs of a PATH of its own", async () => {
      const folder = `${host.scratchDir}/programs`;
      await Deno.mkdir(folder);
      const script = '#!/bin/sh\nexec /usr/sbin/ip "$@"\n';
      await Deno.writeTextFile(`${folder}/ip`, script, { mode: 0o755 });
      const PATH = `${folder}:${Deno.env.get("PATH")}`;
      await add("path", { config, env: { CNI_DAEMON_SOCKET: socket, PATH } });
    });
  },
);

residentTest(
  "daemon: killed at any moment of a call, it leaves what DEL cleans",
  async (host, resident) => {
    const chain = firewallChain(host, resident);
    const sandbox = await host.addSandbox();
    const env = { CNI_DAEMON_SOCKET: "/none" };
    succeeded(await chain.add(sandbox));
    await chain.del(sandbox);
    const before = await attachmentsOf(host);
    const codes = new Set<number>();
    const moments = Number(Deno.env.get("CNI_SOAK_KILLS") ?? 12);
    let longestMs = 60;
    for (let i = 0; i < moments; i++) {
      await resident.start();
      const command = i % 3 === 2 ? "DEL" : "ADD";
      if (command === "DEL") succeeded(await chain.add(sandbox));
      const start = performance.now();
      const ended = command === "ADD"
        ? chain.add(sandbox)
        // What a DEL that is lost says is told by the DEL after it.
        : chain.del(sandbox).then(() => undefined, () => undefined);
      const { pid } = resident.daemon;
      await new Promise((resolve) =>
        setTimeout(resolve, Math.random() * longestMs)
      );
      Deno.kill(pid, "SIGKILL");
      const output = await ended;
      longestMs = Math.max(longestMs, performance.now() - start);
      if (output !== undefined) {
        const { status, stdout } = output;
        codes.add(status === 0 ? 0 : JSON.parse(stdout).code);
      }
      await chain.del(sandbox, { env });
      assertEquals(await attachmentsOf(host), before, `${command} ${i}`);
    }
    // Lost after it began, or done: nothing else.
    assertEquals([...codes].every((code) => code === 0 || code === 11), true);
  },
);

residentTest(
  "daemon: another takes over without a call that fails",
  async (host, resident) => {
    const config = bridgeConfig(host, { ipam: hostLocal(host) });
    const sandboxes: Sandbox[] = [];
    while (sandboxes.length < 8) sandboxes.push(await host.addSandbox());
    let isOver = false;
    const counts = { calls: 0 };
    const life = async (sandbox: Sandbox) => {
      while (!isOver) {
        for (const command of ["ADD", "DEL"]) {
          succeeded(
            await resident.call("bridge", { command, config, sandbox }),
          );
          counts.calls++;
        }
      }
    };
    const lives = sandboxes.map(life);
    const retired = [];
    for (let i = 0; i < 6; i++) {
      const { daemon } = resident;
      await resident.start();
      retired.push(daemon.stop());
    }
    isOver = true;
    await Promise.all(lives);
    for (const { status, log } of await Promise.all(retired)) {
      assertEquals(status, 0);
      assertMatch(log, /another daemon took over|SIGTERM/);
    }
    assertEquals(counts.calls > 16, true);
  },
);

residentTest(
  "daemon: SIGTERM drains, SIGHUP does nothing, stale sockets are no obstacle",
  async (host, resident) => {
    const config = bridgeConfig(host);
    const sandbox = await host.addSandbox();
    const first = resident.daemon;
    Deno.kill(first.pid, "SIGHUP");
    const running = resident.call("bridge", { config, sandbox });
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { status, log } = await first.stop();
    assertEquals(status, 0, log);
    succeeded(await running);
    // Without a daemon the shim does it.
    succeeded(
      await resident.call("bridge", { command: "DEL", config, sandbox }),
    );
    await Deno.writeTextFile(resident.socket, "not a socket");
    await resident.start();
    succeeded(await resident.call("bridge", { config, sandbox }));
    assertEquals((await resident.status()).calls.length, 1);
    Deno.kill(resident.daemon.pid, "SIGKILL");
    await resident.start();
    succeeded(
      await resident.call("bridge", { command: "DEL", config, sandbox }),
    );
  },
);

residentTest(
  "daemon: hostile clients do not keep it from others, nor fill its memory",
  async (host, resident) => {
    const { socket } = resident;
    const config = bridgeConfig(host);
    const sandbox = await host.addSandbox();
    const open = () => Deno.connect({ transport: "unix", path: socket });
    const conns: Deno.Conn[] = [];
    // Some say nothing, some garbage, some half a request.
    const texts = ["", "x", "GET / HTTP/1.1\r\n\r\n", "CNI1 900 9000000\nab"];
    // One sends a byte each second, and is cut off as the oldest of them.
    const slow = await open();
    conns.push(slow);
    const trickle = (async () => {
      for (const letter of "CNI1 900 900\n") {
        await slow.write(new TextEncoder().encode(letter));
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      return "it was never cut off";
    })().catch(() => "cut off");
    for (let i = 0; i < 1000; i++) {
      const conn = await open();
      conns.push(conn);
      const bytes = new TextEncoder().encode(texts[i % texts.length]);
      if (bytes.length > 0) await conn.write(bytes).catch(() => {});
    }
    const huge = await open();
    const flood = (async () => {
      await huge.write(new TextEncoder().encode("CNI1 1000000 16000000\n"));
      const chunk = new Uint8Array(1 << 20);
      for (let sent = 0; sent < 1 << 30; sent += chunk.length) {
        await huge.write(chunk);
      }
    })().catch(() => {});
    succeeded(await resident.call("bridge", { config, sandbox }));
    succeeded(
      await resident.call("bridge", { command: "DEL", config, sandbox }),
    );
    await flood;
    assertEquals(await trickle, "cut off");
    for (const conn of [...conns, huge]) {
      try {
        conn.close();
      } catch {
        // The daemon has closed it.
      }
    }
    const pid = await pidOfDeno(resident.daemon.pid);
    const text = await Deno.readTextFile(`/proc/${pid}/status`);
    const peakKib = Number(/VmHWM:\s+(\d+)/.exec(text)?.[1]);
    assertEquals(peakKib < 256 * 1024, true, `peak ${peakKib} KiB`);
  },
);

/** The launcher replaces itself by Deno, so it is the same process. */
function pidOfDeno(pid: number): Promise<number> {
  return Promise.resolve(pid);
}

residentTest(
  "daemon: no other user can connect",
  async (_host, { socket }) => {
    assertEquals((Deno.statSync(socket).mode! & 0o777).toString(8), "600");
    const script = "use IO::Socket::UNIX; " +
      "exit(IO::Socket::UNIX->new(Peer => $ARGV[0]) ? 0 : 7);";
    const connect = ["perl", "-e", script, socket];
    assertEquals((await run(connect)).status, 0);
    const other = ["setpriv", "--reuid=65534", "--clear-groups", "--"];
    assertEquals((await run([...other, ...connect])).status, 7);
  },
  { needs: ["perl", "setpriv"] },
);

residentTest(
  "daemon: 200 calls at once, resident, direct and the reference's, share a range",
  async (host, resident) => {
    const before = await attachmentsOf(host);
    const config = bridgeConfig(host, {
      isDefaultGateway: true,
      ipam: hostLocal(host, ["10.213.0.0/23"]),
    });
    const sandboxes: Sandbox[] = [];
    while (sandboxes.length < 200) sandboxes.push(await host.addSandbox());
    const ways = [
      {},
      { env: { CNI_DAEMON_SOCKET: "/none" } },
      { bin: REFERENCE_BIN },
    ];
    const all = (command: string, shift: number) =>
      Promise.all(sandboxes.map(async (sandbox, index) => {
        const way = ways[(index + shift) % ways.length];
        const call = { command, config, sandbox, ...way };
        return succeeded(await resident.call("bridge", call));
      }));
    const results = await all("ADD", 0);
    const addresses = results.flatMap(({ stdout }) =>
      addressesIn(JSON.parse(stdout))
    );
    assertEquals(new Set(addresses).size, 200);
    const { files } = await attachmentsOf(host);
    const reserved = Object.keys(files).map((path) => path.split("/").at(-1));
    assertEquals(
      reserved.sort(),
      addresses.map((address) => address.split("/")[0]).sort(),
    );
    await all("DEL", 1);
    assertEquals(await attachmentsOf(host), before);
  },
  { needs: [`${REFERENCE_BIN}/bridge`] },
);

residentTest(
  "daemon: a call that hangs in a foreign plugin holds up no other",
  async (host, resident) => {
    const folder = `${host.scratchDir}/plugins`;
    await Deno.mkdir(folder);
    const script = "#!/bin/sh\nexec sleep 4\n";
    await Deno.writeTextFile(`${folder}/slow`, script, { mode: 0o755 });
    const slow = bridgeConfig(host, { ipam: { type: "slow" } });
    const path = `${folder}:${RESIDENT_BIN}`;
    const start = performance.now();
    const hanging = resident.call("bridge", {
      ...{ config: slow, path, sandbox: await host.addSandbox() },
    });
    const config = bridgeConfig(host);
    const sandbox = await host.addSandbox();
    for (const command of ["ADD", "DEL", "ADD", "DEL"]) {
      succeeded(await resident.call("bridge", { command, config, sandbox }));
    }
    assertEquals(performance.now() - start < 3000, true);
    assertEquals((await hanging).status, 1);
  },
);

residentTest(
  "daemon: keeps its metrics in a file, and logs each call",
  async (host, resident) => {
    const file = `${host.scratchDir}/cni.prom`;
    const daemon = await resident.start(["--metrics", file]);
    assertStringIncludes(await Deno.readTextFile(file), "cni_calls_running 0");
    const config = bridgeConfig(host, { mtu: 1 });
    const sandbox = await host.addSandbox();
    const { stdout } = await resident.call("bridge", { config, sandbox });
    assertEquals(JSON.parse(stdout).code, 7);
    const { log } = await daemon.stop();
    const attachment = `${sandbox.containerId}/eth0`;
    assertMatch(
      log,
      new RegExp(
        `^plugin=bridge command=ADD attachment=${attachment} ` +
          'duration_ms=[\\d.]+ code=7 msg="Cannot use mtu"$',
        "m",
      ),
    );
    assertStringIncludes(
      await Deno.readTextFile(file),
      'cni_calls_total{plugin="bridge",command="ADD",code="7"} 1',
    );
  },
);

residentTest(
  "daemon: refuses a command line, and a socket that cannot be",
  async (host, _resident, t) => {
    const cases: Record<string, readonly [readonly string[], number, string]> =
      {
        "a level": [["--log-level", "loud"], 2, '--log-level is "loud"'],
        "a number": [["--max-calls", "0"], 2, '--max-calls is "0"'],
        "a flag": [["--nope"], 2, "unknown flag: --nope"],
        "a folder that is not there": [
          ["--socket", "/run/cni/none/x.sock"],
          1,
          "/run/cni/none",
        ],
      };
    for (const [why, [words, status, text]] of Object.entries(cases)) {
      await t.step(why, async () => {
        const output = await run([`${RESIDENT_BIN}/cni`, "daemon", ...words]);
        assertEquals(output.status, status, output.stderr);
        assertStringIncludes(output.stderr, text);
      });
    }
    await must([`${RESIDENT_BIN}/cni`, "daemon", "--help"]);
    assertEquals(host.id.length, 8);
  },
);
