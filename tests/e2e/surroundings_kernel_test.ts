import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  attachmentsOf,
  BIN,
  bridgeConfig,
  callPlugin,
  environmentOf,
  fakePlugin,
  type Host,
  kernelTest,
  mustCall,
  mustFail,
  type Output,
  residentTest,
  type Sandbox,
} from "./_harness.ts";
import { appletNames } from "../../scripts/applets.ts";

/** Calls bridge by a shell script, which finds its path in `$0`. */
function callBridgeBy(
  host: Host,
  script: string,
  { sandbox, ...call }: {
    readonly sandbox: Sandbox;
    readonly command?: string;
    readonly config?: object;
    readonly env?: Record<string, string>;
  },
): Promise<Output> {
  const config = call.config ?? bridgeConfig(host, { ipMasq: true });
  return host.run(["sh", "-c", script, `${BIN}/bridge`], {
    stdin: JSON.stringify(config),
    env: environmentOf({ ...call, config, sandbox }),
  });
}

kernelTest("every plugin answers VERSION as the program does", async (host) => {
  const plugins = appletNames().filter((name) => name !== "cnitool");
  for (const name of plugins) {
    const ask = (env: Record<string, string>) =>
      host.run([`${BIN}/${name}`], { env: { CNI_COMMAND: "VERSION", ...env } });
    // Any value of this variable leads past the launcher's own answer.
    const [quick, whole] = [await ask({}), await ask({ CNI_TRACE: "0" })];
    assertEquals(quick, whole, name);
    assertEquals(JSON.parse(whole.stdout).cniVersion, "1.1.0");
  }
  assertEquals(plugins.length > 10, true);
});

kernelTest(
  "an ADD whose result cannot be read is taken back",
  async (host) => {
    const sandbox = await host.addSandbox();
    const other = await host.addSandbox();
    // What all attachments share is there before, and stays.
    await mustCall(host, "bridge", {
      config: bridgeConfig(host, { ipMasq: true }),
      sandbox: other,
    });
    const before = await attachmentsOf(host);
    const cases = {
      "a full disk": ['exec "$0" >/dev/full', "No space left on device"],
      "a closed pipe": [
        '{ sleep 0.2; "$0"; } | true',
        "Broken pipe",
      ],
      "a closed stdout": ['exec "$0" >&-', "it is closed"],
    } as const;
    for (const [why, [script, reason]] of Object.entries(cases)) {
      const { status, stderr } = await callBridgeBy(host, script, { sandbox });
      // A pipeline has the status of its last part.
      assertEquals(status, why === "a closed pipe" ? 0 : 1, why);
      assertEquals(stderr, `Cannot write to stdout: ${reason}\n`, why);
      assertEquals(await attachmentsOf(host), before, why);
    }
  },
);

kernelTest(
  "a working folder that is gone stops neither ADD nor DEL",
  async (host) => {
    const sandbox = await host.addSandbox();
    const script = 'd=$(mktemp -d); cd "$d"; rmdir "$d"; exec "$0"';
    for (const command of ["ADD", "CHECK", "DEL", "DEL"]) {
      const { status, stdout } = await callBridgeBy(host, script, {
        command,
        sandbox,
        config: bridgeConfig(host, { prevResult: undefined }),
        env: {},
      });
      // CHECK needs the result of ADD; that it says so is all that is asked.
      if (command === "CHECK") assertEquals(JSON.parse(stdout).code, 7);
      else assertEquals(status, 0, stdout);
    }
  },
);

residentTest(
  "a working folder that is gone stops no call by the shim",
  async (host, resident) => {
    const sandbox = await host.addSandbox();
    const before = await attachmentsOf(host);
    const script = 'd=$(mktemp -d); cd "$d"; rmdir "$d"; exec "$0"';
    const ways = { "with its daemon": resident.socket, "alone": "/run/none" };
    for (const [why, socket] of Object.entries(ways)) {
      for (const command of ["ADD", "DEL", "DEL"]) {
        const { status, stdout } = await resident.call("bridge", {
          config: bridgeConfig(host),
          sandbox,
          command,
          env: { CNI_DAEMON_SOCKET: socket },
          wrapper: ["sh", "-c", script],
        });
        assertEquals(status, 0, `${why}: ${stdout}`);
      }
      assertEquals(await attachmentsOf(host), before, why);
    }
    const { calls } = await resident.status();
    const served = calls.map(({ command, count }) => [command, count]);
    assertEquals(served, [["ADD", 1], ["DEL", 2]]);
  },
);

kernelTest(
  "programs are found neither in the working folder nor beside plugins",
  async (host) => {
    const sandbox = await host.addSandbox();
    const folder = `${host.scratchDir}/here`;
    await Deno.mkdir(folder);
    const marker = `${folder}/was-run`;
    for (const program of ["sh", "ip", "bridge", "nsenter"]) {
      const text = `#!/bin/sh\nenv >${marker}\nexit 1\n`;
      await Deno.writeTextFile(`${folder}/${program}`, text, { mode: 0o755 });
    }
    const paths = [".", "", ":/usr/bin:", "./:/usr/bin", BIN, folder];
    for (const path of paths) {
      const env = {
        PATH: path,
        CNI_PATH: path === folder ? `${BIN}:${folder}` : BIN,
      };
      // The shell is not looked up, or the test would find the wrong one.
      const script = `cd ${folder}; exec "$0"`;
      for (const command of ["ADD", "DEL"]) {
        const { status, stdout } = await callBridgeBy(
          host,
          `export PATH='${path}'; ${script}`,
          { command, sandbox, env: { CNI_PATH: env.CNI_PATH } },
        );
        assertEquals(status, 0, `${path} ${command} ${stdout}`);
      }
      assertEquals(await exists(marker), false, path);
    }
  },
);

kernelTest(
  "other people's plugins get the caller's variables, and no others",
  async (host) => {
    const folder = `${host.scratchDir}/plugins`;
    const seen = `${host.scratchDir}/seen`;
    await Deno.mkdir(folder);
    const text = `#!/bin/sh\n/usr/bin/env >${seen}\n` +
      `echo '{"cniVersion":"1.0.0"}'\n`;
    await Deno.writeTextFile(`${folder}/mine`, text, { mode: 0o755 });
    const sandbox = await host.addSandbox();
    const { ipam: _, ...config } = bridgeConfig(host);
    const variables = {
      HOME: "/home/of caller",
      DENO_DIR: "/their/own",
      RUST_LOG: "trace",
      FOO: "bar",
    };
    const words = Object.entries(variables).map(([name, value]) =>
      `${name}='${value}'`
    ).join(" ");
    const cni = Object.entries({
      ...environmentOf({ config, sandbox, path: `${BIN}:${folder}` }),
      CNI_COMMAND: "DEL",
    });
    const all = cni.map(([name, value]) => `${name}='${value}'`).join(" ");
    await callBridgeBy(host, `exec env -i ${words} ${all} "$0"`, {
      config: { ...config, ipam: { type: "mine" } },
      sandbox,
    });
    const lines = (await Deno.readTextFile(seen)).trim().split("\n");
    const names = lines.map((line) => line.split("=")[0]!)
      .filter((name) => !["PWD", "_", "SHLVL", "OLDPWD"].includes(name))
      // Ours, which keeps delegations from going round in a circle.
      .filter((name) => name !== "CNI_DELEGATIONS");
    const expected = [...Object.keys(variables), ...cni.map(([name]) => name)];
    assertEquals(names.sort(), expected.sort());
    for (const [name, value] of Object.entries(variables)) {
      assertEquals(lines.includes(`${name}=${value}`), true, name);
    }
  },
);

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

kernelTest("delegations that go round in a circle end", async (host) => {
  const sandbox = await host.addSandbox();
  const path = `${await fakePlugin(
    host,
    "theirs",
    // A plugin of others that calls ours with its own configuration.
    `exec ${BIN}/bridge <<END\n${
      JSON.stringify(bridgeConfig(host, { ipam: { type: "theirs" } }))
    }\nEND`,
  )}:${BIN}`;
  const subnetFile = `/run/flannel/cnitest-${host.id}.env`;
  const dataDir = `${host.dataDir}-flannel`;
  host.defer(() => Deno.remove(subnetFile).catch(() => {}));
  host.defer(() => Deno.remove(dataDir, { recursive: true }).catch(() => {}));
  await Deno.mkdir("/run/flannel", { recursive: true });
  await Deno.writeTextFile(
    subnetFile,
    "FLANNEL_NETWORK=10.214.0.0/16\nFLANNEL_SUBNET=10.214.1.1/24\n" +
      "FLANNEL_MTU=1450\nFLANNEL_IPMASQ=false\n",
  );
  const flannel = (keys: object) => ({
    cniVersion: "1.0.0",
    name: host.network,
    type: "flannel",
    subnetFile,
    dataDir,
    ...keys,
  });
  const base = { cniVersion: "1.0.0", name: host.network };
  const before = await attachmentsOf(host);
  const cases: Record<string, readonly [string, object]> = {
    "bridge for addresses": [
      "bridge",
      bridgeConfig(host, { ipam: { type: "bridge" } }),
    ],
    "ptp for itself": ["ptp", { ...base, type: "ptp", ipam: { type: "ptp" } }],
    "tap for itself": ["tap", { ...base, type: "tap", ipam: { type: "tap" } }],
    "a chained plugin for addresses": [
      "bridge",
      bridgeConfig(host, { ipam: { type: "tuning" } }),
    ],
    "flannel to itself": [
      "flannel",
      flannel({ delegate: { type: "flannel" } }),
    ],
    "an IPAM plugin in flannel": [
      "flannel",
      flannel({ delegate: { type: "host-local" } }),
    ],
    "a plugin of others that leads back": [
      "bridge",
      bridgeConfig(host, { ipam: { type: "theirs" } }),
    ],
  };
  for (const [why, [plugin, config]] of Object.entries(cases)) {
    for (const env of [{}, { CNI_FORCE_EXEC: "1" }]) {
      const call = { config, sandbox, path, env, code: 7 };
      const { msg } = await mustFail(host, plugin, call);
      assertStringIncludes(msg, "Cannot delegate to", why);
      await callPlugin(host, plugin, { ...call, command: "DEL" });
      assertEquals(await attachmentsOf(host), before, why);
    }
  }
  // A state file that says so, as a fault of another program may leave it.
  await Deno.mkdir(dataDir, { recursive: true });
  await Deno.writeTextFile(
    `${dataDir}/${sandbox.containerId}`,
    JSON.stringify(flannel({ type: "flannel" })),
  );
  const call = { config: flannel({}), sandbox, command: "DEL", code: 7 };
  const { msg } = await mustFail(host, "flannel", call);
  assertEquals(msg, 'Cannot delegate to "flannel"');
});

kernelTest(
  "an odd file among the configurations is passed over",
  async (host) => {
    const sandbox = await host.addSandbox();
    const folder = `${host.dataDir}-net.d`;
    host.defer(() => Deno.remove(folder, { recursive: true }));
    await Deno.mkdir(folder);
    await host.must(["mkfifo", `${folder}/00-fifo.conflist`]);
    await Deno.symlink("/dev/zero", `${folder}/01-endless.conflist`);
    await Deno.writeTextFile(`${folder}/02-huge.conf`, "");
    await Deno.truncate(`${folder}/02-huge.conf`, 600_000_000);
    await Deno.mkdir(`${folder}/03-folder.conflist`);
    await Deno.writeTextFile(
      `${folder}/10-net.conf`,
      JSON.stringify(bridgeConfig(host)),
    );
    const env = { NETCONFPATH: folder, CNI_PATH: BIN };
    const run = (...words: string[]) =>
      host.run(["timeout", "20", ...words], { env });
    for (const verb of ["add", "del"]) {
      const { status, stderr } = await run(
        ...[`${BIN}/cnitool`, verb, host.network, sandbox.path],
      );
      assertEquals(status, 0, stderr);
      for (const name of ["00-fifo", "01-endless", "02-huge"]) {
        assertStringIncludes(stderr, name);
      }
    }
    const { stdout } = await run(`${BIN}/cni`, "tool", "list");
    assertStringIncludes(stdout, host.network);
  },
);

kernelTest(
  "container ids and network names may be longer than a file's name",
  async (host) => {
    const sandbox = await host.addSandbox();
    const before = await attachmentsOf(host);
    const long = "x".repeat(300);
    const names = [
      { containerId: long, name: host.network },
      { containerId: sandbox.containerId, name: `${host.network}-${long}` },
      { containerId: long.repeat(10), name: `${host.network}-${long}` },
    ];
    for (const { containerId, name } of names) {
      for (const backend of ["iptables", "nftables"]) {
        const config = {
          ...bridgeConfig(host, { ipMasq: true, ipMasqBackend: backend }),
          name,
        };
        const call = { sandbox, containerId };
        const prevResult = await mustCall(host, "bridge", { ...call, config });
        const chained = [
          {
            type: "portmap",
            backend,
            runtimeConfig: {
              portMappings: [
                { hostPort: 8080, containerPort: 80, protocol: "tcp" },
              ],
            },
          },
          { type: "firewall", backend: "iptables" },
          { type: "tuning", dataDir: `${host.dataDir}/tuning`, mtu: 1400 },
        ].map((one) => ({ cniVersion: "1.0.0", name, prevResult, ...one }));
        for (const command of ["ADD", "CHECK", "DEL", "DEL"]) {
          for (const one of chained) {
            await mustCall(host, one.type, { ...call, command, config: one });
          }
        }
        for (const command of ["CHECK", "DEL", "DEL"]) {
          const all = { ...config, prevResult };
          await mustCall(host, "bridge", { ...call, command, config: all });
        }
        await removeNotes(`${host.dataDir}/tuning`);
        const { rules, links, routes, files } = await attachmentsOf(host);
        assertEquals(
          { rules: rules.filter((rule) => /xxx/.test(rule)), links, routes },
          { rules: [], links: before.links, routes: before.routes },
        );
        assertEquals(files, before.files);
      }
    }
  },
);

async function removeNotes(folder: string): Promise<void> {
  assertEquals(await namesIn(folder), [".cni"]);
  await Deno.remove(folder, { recursive: true });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}
