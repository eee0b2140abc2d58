import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { filterOf, firewallCall, IPV4, IPV6 } from "./_firewall.ts";
import { CLIENTS, createFakeFirewalld } from "./_firewalld.ts";
import {
  BIN,
  callPlugin,
  kernelTest,
  locate,
  mustCall,
  mustFail,
  REFERENCE_BIN,
} from "./_harness.ts";

const NEEDS = { needs: ["unshare", "mount", "iptables", "ip6tables"] };
const SOURCES = [`${IPV4}/32`, `${IPV6}/128`];

function inZone(zone: string): readonly string[] {
  return SOURCES.map((source) => `${zone} ${source}`);
}

for (const client of CLIENTS) {
  kernelTest(
    `firewall: talks to a stand-in for firewalld by ${client}`,
    async (host, t) => {
      const sandbox = await host.addSandbox();
      const fake = createFakeFirewalld(host, client);
      const { env, wrapper } = fake;
      const call = (keys: object, command = "ADD") => ({
        ...firewallCall(host, sandbox, { ...keys }),
        env,
        wrapper,
        command,
      });
      const before = await filterOf(host);
      for (const backend of ["firewalld", undefined]) {
        await t.step(backend ?? "as it runs", async () => {
          const result = await mustCall(host, "firewall", call({ backend }));
          assertEquals(result, call({}).config.prevResult);
          assertEquals(fake.sources(), inZone("trusted"));
          await mustCall(host, "firewall", call({ backend }, "CHECK"));
          // That they are there already is fine.
          await mustCall(host, "firewall", call({ backend }));
          assertEquals(fake.sources(), inZone("trusted"));
          // It is enough to let them pass.
          assertEquals(await filterOf(host), before);
          fake.forget(SOURCES[1]!);
          const check = { ...call({ backend }, "CHECK"), code: 999 };
          const { msg } = await mustFail(host, "firewall", check);
          assertStringIncludes(msg, SOURCES[1]!);
          await mustCall(host, "firewall", call({ backend }, "DEL"));
          assertEquals(fake.sources(), []);
          await mustCall(host, "firewall", call({ backend }, "DEL"));
        });
      }
      await t.step("another zone", async () => {
        const keys = { backend: "firewalld", firewalldZone: "my-zone" };
        await mustCall(host, "firewall", call(keys));
        assertEquals(fake.sources(), inZone("my-zone"));
        await mustCall(host, "firewall", call(keys, "DEL"));
        assertEquals(fake.sources(), []);
      });
      await t.step("an address that it refuses", async () => {
        fake.refuse(SOURCES[1]!);
        const add = { ...call({ backend: "firewalld" }), code: 999 };
        const { details } = await mustFail(host, "firewall", add);
        assertStringIncludes(details, "INVALID_SOURCE");
        assertEquals(fake.sources(), []);
        fake.refuse("");
      });
      await t.step("it is asked for, so that the other is not", async () => {
        fake.calls();
        await mustCall(host, "firewall", call({ backend: "iptables" }));
        await mustCall(host, "firewall", call({ backend: "iptables" }, "DEL"));
        assertEquals(fake.calls(), []);
      });
      await t.step("policies are of iptables", async () => {
        const keys = { backend: "firewalld", ingressPolicy: "same-bridge" };
        await mustCall(host, "firewall", call(keys));
        const rules = (await filterOf(host)).join("\n");
        assertStringIncludes(rules, "-j CNI-ISOLATION-STAGE-2");
        assert(!rules.includes(IPV4), rules);
        await mustCall(host, "firewall", call(keys, "CHECK"));
        await mustCall(host, "firewall", call(keys, "DEL"));
      });
      await t.step("it does not run", async () => {
        fake.setRunning(false);
        await mustCall(host, "firewall", call({ backend: undefined }));
        assertEquals(fake.sources(), []);
        const rules = (await filterOf(host)).join("\n");
        assertStringIncludes(rules, `-s ${IPV4}/32 -j ACCEPT`);
        // It runs by now: the rules of iptables are found all the same.
        fake.setRunning(true);
        await mustCall(host, "firewall", call({ backend: undefined }, "DEL"));
        const left = (await filterOf(host)).join("\n");
        assert(!left.includes(IPV4), left);
      });
      await t.step("STATUS", async () => {
        const keys = { cniVersion: "1.1.0", prevResult: undefined };
        const status = (backend: string | undefined) =>
          call({ ...keys, backend }, "STATUS");
        await mustCall(host, "firewall", status("firewalld"));
        await mustCall(host, "firewall", status(undefined));
        fake.setRunning(false);
        await mustCall(host, "firewall", status(undefined));
        const bad = { ...status("firewalld"), code: 50 };
        const { details } = await mustFail(host, "firewall", bad);
        assertStringIncludes(details, "does not run");
      });
    },
    NEEDS,
  );
}

kernelTest("firewall: plans what it would have firewalld do", async (host) => {
  const fake = createFakeFirewalld(host, "busctl");
  const folder = `${host.dataDir}/net.d`;
  await Deno.mkdir(folder, { recursive: true });
  const { bridge, network: name, dataDir } = host;
  const ipam = { type: "host-local", subnet: "10.37.0.0/24", dataDir };
  const plugins = [
    { type: "bridge", bridge, isGateway: true, ipam },
    { type: "firewall", backend: "firewalld" },
  ];
  const text = JSON.stringify({ cniVersion: "1.0.0", name, plugins });
  await Deno.writeTextFile(`${folder}/10.conflist`, text);
  const sandbox = await host.addSandbox();
  const env = { ...fake.env, NETCONFPATH: folder, CNI_PATH: BIN };
  const words = ["tool", "add", "--plan", name, sandbox.path];
  const plan = await host.must([...fake.wrapper, `${BIN}/cni`, ...words], {
    env,
  });
  assertStringIncludes(plan, "addSource ss trusted 10.37.0.2/32");
  assertEquals(fake.sources(), []);
}, NEEDS);

kernelTest("firewall: starts nothing where there is no bus", async (host) => {
  const sandbox = await host.addSandbox();
  const fake = createFakeFirewalld(host, "busctl");
  const address = `unix:path=${host.scratchDir}/none`;
  const env = { ...fake.env, DBUS_SYSTEM_BUS_ADDRESS: address };
  const call = { ...firewallCall(host, sandbox, { backend: null }), env };
  for (const command of ["ADD", "CHECK", "DEL"]) {
    await mustCall(host, "firewall", { ...call, command });
  }
  assertEquals(fake.calls(), []);
  const asked = firewallCall(host, sandbox, { backend: "firewalld" });
  const error = await mustFail(host, "firewall", { ...asked, env, code: 999 });
  assertStringIncludes(error.details, "no system bus");
  await mustCall(host, "firewall", { ...asked, env, command: "DEL" });
}, NEEDS);

const WITHOUT = locate("firewalld") === undefined
  ? []
  : ["a machine without firewalld"];

kernelTest(
  "firewall: starts nothing where firewalld is not installed",
  async (host) => {
    const sandbox = await host.addSandbox();
    const fake = createFakeFirewalld(host, "busctl");
    await Deno.remove(`${fake.env.PATH!.split(":")[0]}/firewalld`);
    const keys = { backend: null };
    const call = { ...firewallCall(host, sandbox, keys), env: fake.env };
    await mustCall(host, "firewall", call);
    assertEquals(fake.calls(), []);
  },
  { needs: [...NEEDS.needs, ...WITHOUT] },
);

kernelTest("firewall: talks to firewalld itself", async (host, t) => {
  // A bus and a firewalld of this test's own, in the test's own network
  // namespace; what they would write lies on file systems of their own.
  const folder = `${host.scratchDir}/bus`;
  await Deno.mkdir(folder);
  const address = `unix:path=${folder}/system_bus_socket`;
  const script = `
for one in /run /var/log; do mount -t tmpfs tmpfs $one || exit; done
mkdir -p /run/dbus && mount --bind '${folder}' /run/dbus || exit
dbus-daemon --system --nofork --nopidfile --nosyslog &
until [ -S /run/dbus/system_bus_socket ]; do sleep 0.1; done
exec firewalld --nofork --nopid
`;
  using _running = spawnIn(host.path, script);
  const env = { DBUS_SYSTEM_BUS_ADDRESS: address };
  await host.must(["sh", "-c", UNTIL_RUNNING], { env });
  const query = async () => {
    const words = ["firewall-cmd", "--zone=trusted", "--list-sources"];
    return (await host.must(words, { env })).trim();
  };
  const sandbox = await host.addSandbox();
  const call = (command: string, bin?: string) => ({
    ...firewallCall(host, sandbox, { backend: undefined }),
    env,
    command,
    ...(bin === undefined ? {} : { bin }),
  });
  await t.step("ours alone", async () => {
    await mustCall(host, "firewall", call("ADD"));
    assertEquals(await query(), SOURCES.join(" "));
    await mustCall(host, "firewall", call("ADD"));
    await mustCall(host, "firewall", call("CHECK"));
    await mustCall(host, "firewall", call("DEL"));
    assertEquals(await query(), "");
    await mustCall(host, "firewall", call("DEL"));
    await mustFail(host, "firewall", { ...call("CHECK"), code: 999 });
  });
  await t.step("either undoes the other", async () => {
    await mustCall(host, "firewall", call("ADD", REFERENCE_BIN));
    await mustCall(host, "firewall", call("CHECK"));
    await mustCall(host, "firewall", call("DEL"));
    assertEquals(await query(), "");
    await mustCall(host, "firewall", call("ADD"));
    await mustCall(host, "firewall", call("CHECK", REFERENCE_BIN));
    await mustCall(host, "firewall", call("DEL", REFERENCE_BIN));
    assertEquals(await query(), "");
  });
  await t.step("a zone that there is not", async () => {
    const keys = { backend: "firewalld", firewalldZone: "nowhere" };
    const bad = { ...firewallCall(host, sandbox, keys), env };
    const { stdout } = await callPlugin(host, "firewall", bad);
    assertStringIncludes(stdout, "INVALID_ZONE");
  });
}, {
  needs: [
    ...["firewalld", "firewall-cmd", "dbus-daemon", "busctl", "unshare"],
    `${REFERENCE_BIN}/firewall`,
  ],
});

/** Waits for firewalld for up to half a minute. */
const UNTIL_RUNNING = `for i in $(seq 300); do
  firewall-cmd --state >/dev/null 2>&1 && exit
  sleep 0.1
done
exit 1`;

/** Runs a script in a network namespace, until it is disposed of. */
function spawnIn(netns: string, script: string): Disposable {
  const child = new Deno.Command("nsenter", {
    args: [
      ...[`--net=${netns}`, "--", "unshare", "--mount", "--pid", "--fork"],
      ...["--kill-child", "--", "sh", "-c", script],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  child.unref();
  return { [Symbol.dispose]: () => child.kill("SIGKILL") };
}
