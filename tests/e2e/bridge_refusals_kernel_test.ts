import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Any,
  attachmentsOf,
  bridgeConfig,
  type Host,
  hostLocal,
  kernelTest,
  linkIn,
  linkNamesIn,
  must,
  mustCall,
  mustFail,
  netnsStateOf,
  type PluginCall,
  type Sandbox,
  stateOf,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";

/** A call that must be refused, and what its message must name. */
interface Refusal extends Partial<PluginCall> {
  readonly code: number;
  readonly names: readonly string[];
}

/** Sees that a call is refused and changes neither kernel nor disk. */
async function refuses(
  host: Host,
  sandbox: Sandbox,
  { names, ...call }: Refusal,
): Promise<Any> {
  const config = bridgeConfig(host, { isGateway: true, ipMasq: true });
  const before = [await stateOf(host), await netnsStateOf(sandbox)];
  const error = await mustFail(host, "bridge", { config, sandbox, ...call });
  const text = `${error.msg}; ${error.details}`;
  for (const name of names) assertStringIncludes(text, name);
  assert(error.details, "there are details with a remedy");
  const after = [await stateOf(host), await netnsStateOf(sandbox)];
  assertEquals(after, before);
  return error;
}

kernelTest(
  "bridge: what is no configuration is refused with its place",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const cases: Record<string, Refusal> = {
      "nothing": { config: "", code: 6, names: ["expected a JSON object"] },
      "cut off": {
        config: '{"name": "n",\n  "bridge": ',
        code: 6,
        names: ["line 2"],
      },
      "not JSON": {
        config: '{"name": "n",\n  bridge: 1}',
        code: 6,
        names: ["line 2, column 3"],
      },
      "a list": { config: "[]", code: 6, names: ["expected a JSON object"] },
      "two documents": { config: "{}{}", code: 6, names: ["line 1, column 3"] },
    };
    for (const [why, refusal] of Object.entries(cases)) {
      await t.step(why, async () => void await refuses(host, sandbox, refusal));
    }
  },
);

kernelTest(
  "bridge: ADD refuses bad input and changes nothing",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const config = (keys: Record<string, unknown>) => ({
      config: bridgeConfig(host, { isGateway: true, ipMasq: true, ...keys }),
    });
    const range = (keys: Record<string, unknown>) =>
      config({ ipam: { ...hostLocal(host, []), ranges: [[keys]] } });
    const cases: Record<string, Refusal> = {
      "container id missing": {
        containerId: "",
        code: 4,
        names: ["CNI_CONTAINERID"],
      },
      "container id with a slash": {
        containerId: "../x",
        code: 4,
        names: ["CNI_CONTAINERID", "../x"],
      },
      "ifname missing": { ifname: "", code: 4, names: ["CNI_IFNAME"] },
      "ifname too long": {
        ifname: "a123456789012345",
        code: 4,
        names: ["CNI_IFNAME", "a123456789012345"],
      },
      "ifname with a slash": { ifname: "a/b", code: 4, names: ["a/b"] },
      "ifname with a colon": { ifname: "a:b", code: 4, names: ["a:b"] },
      "ifname with a space": { ifname: "a b", code: 4, names: ["a b"] },
      "ifname with a newline": {
        ifname: "a\nb",
        code: 4,
        names: ["CNI_IFNAME"],
      },
      "ifname with a quote": { ifname: 'a"b', code: 4, names: ["CNI_IFNAME"] },
      "ifname with a hash": { ifname: "#a", code: 4, names: ["CNI_IFNAME"] },
      "network name missing": {
        ...config({ name: "" }),
        code: 7,
        names: ["name"],
      },
      "network name with ..": {
        ...config({ name: "../n" }),
        code: 7,
        names: ["name", "../n"],
      },
      "network name with a newline": {
        ...config({ name: "n\nx" }),
        code: 7,
        names: ["name"],
      },
      "network name with a quote": {
        ...config({ name: 'n"x' }),
        code: 7,
        names: ["name"],
      },
      "unknown version": {
        ...config({ cniVersion: "9.9.9" }),
        code: 1,
        names: ["9.9.9", "1.0.0"],
      },
      "version that is none": {
        ...config({ cniVersion: "x" }),
        code: 1,
        names: ['"x"', "1.0.0"],
      },
      "bridge name too long": {
        ...config({ bridge: "b123456789012345" }),
        code: 7,
        names: ["bridge", "b123456789012345"],
      },
      "bridge name with a newline": {
        ...config({ bridge: "b\nlink add x" }),
        code: 7,
        names: ["bridge"],
      },
      "bridge name with a quote": {
        ...config({ bridge: "b'x" }),
        code: 7,
        names: ["bridge", "b'x"],
      },
      "bridge name with a slash": {
        ...config({ bridge: "../b" }),
        code: 7,
        names: ["bridge", "../b"],
      },
      "bridge name empty": {
        ...config({ bridge: "" }),
        code: 7,
        names: ["bridge"],
      },
      "an MTU that is too small for IPv6": {
        ...config({ mtu: 1279, ipam: hostLocal(host, [SUBNET6]) }),
        code: 7,
        names: ["mtu is 1279", "1280"],
      },
      ...Object.fromEntries([1500, 255, -1].map((scope) => [
        `a route of scope ${scope}`,
        {
          ...config({
            ipam: hostLocal(host, undefined, {
              routes: [{ dst: "10.9.0.0/16", scope }],
            }),
          }),
          code: 7,
          names: [`ipam.routes[0].scope is ${scope}`],
        },
      ])),
      "hairpinMode with promiscMode": {
        ...config({ hairpinMode: true, promiscMode: true }),
        code: 7,
        names: ["hairpinMode", "promiscMode"],
      },
      "ipMasqBackend that is none": {
        ...config({ ipMasqBackend: "ebtables" }),
        code: 7,
        names: ["ipMasqBackend", "ebtables"],
      },
      "hardware address that is none": {
        ...config({ runtimeConfig: { mac: "02:00\nlink add x" } }),
        code: 7,
        names: ["runtimeConfig.mac"],
      },
      "hardware address of a group": {
        ...config({ args: { cni: { mac: "01:00:00:00:00:01" } } }),
        code: 7,
        names: ["args.cni.mac", "01:00:00:00:00:01"],
      },
      "unknown CNI_ARGS": { args: "A=b", code: 4, names: ["A=b", "CNI_ARGS"] },
      "CNI_ARGS that are none": { args: "MAC", code: 4, names: ["MAC"] },
      "an ipam plugin that is not there": {
        ...config({ ipam: { type: "no-such-ipam" } }),
        code: 7,
        names: ["no-such-ipam", "CNI_PATH"],
      },
      "an ipam type with a folder": {
        ...config({ ipam: { type: "../bin/host-local" } }),
        code: 7,
        names: ["../bin/host-local"],
      },
      "subnet with host bits": {
        ...range({ subnet: "10.213.0.5/24" }),
        code: 7,
        names: ["subnet", "10.213.0.5/24", "10.213.0.0/24"],
      },
      "subnet that is none": {
        ...range({ subnet: "10.213.0.0" }),
        code: 7,
        names: ["subnet", "10.213.0.0"],
      },
      "data folder outside the permitted ones": {
        ...config({ ipam: hostLocal(host, [SUBNET4], { dataDir: "/tmp/x" }) }),
        code: 7,
        names: ["dataDir", "/tmp/x"],
      },
      "data folder with ..": {
        ...config({
          ipam: hostLocal(host, [SUBNET4], {
            dataDir: `${host.dataDir}/../../../../tmp/x`,
          }),
        }),
        code: 7,
        names: ["dataDir"],
      },
    };
    for (const [why, refusal] of Object.entries(cases)) {
      await t.step(why, async () => void await refuses(host, sandbox, refusal));
    }
  },
);

kernelTest("bridge: a data folder that is a link is refused", async (host) => {
  const sandbox = await host.addSandbox();
  await Deno.mkdir(host.dataDir, { recursive: true });
  await Deno.symlink(host.scratchDir, `${host.dataDir}/link`);
  const dataDir = `${host.dataDir}/link`;
  const ipam = hostLocal(host, [SUBNET4], { dataDir });
  await refuses(host, sandbox, {
    config: bridgeConfig(host, { ipam }),
    code: 7,
    names: ["dataDir"],
  });
  assertEquals([...Deno.readDirSync(host.scratchDir)], []);
});

kernelTest(
  "bridge: a name that belongs to another kind of link is refused",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    await host.ip(`link add ${host.bridge} type veth peer name peer0`);
    const keys = { isGateway: true, promiscMode: true };
    await t.step("veth", async () => {
      await refuses(host, sandbox, {
        config: bridgeConfig(host, keys),
        code: 7,
        names: [host.bridge, "veth"],
      });
    });
    await t.step("loopback", async () => {
      deferUnlock(host, "lo");
      await refuses(host, sandbox, {
        config: bridgeConfig(host, { ...keys, bridge: "lo" }),
        code: 7,
        names: ["lo"],
      });
    });
  },
);

kernelTest(
  "bridge: an interface name that is taken is refused",
  async (host) => {
    const sandbox = await host.addSandbox();
    const config = bridgeConfig(host, { isGateway: true, ipMasq: true });
    await mustCall(host, "bridge", { config, sandbox });
    await refuses(host, sandbox, { config, code: 999, names: ["eth0"] });
  },
);

kernelTest(
  "bridge: a bridge with another address is refused, or forced",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    await host.ip(`link add ${host.bridge} type bridge`);
    await host.ip(`addr add 10.99.0.1/16 dev ${host.bridge}`);
    await host.ip(`addr add fd00:213::99/64 dev ${host.bridge} nodad`);
    await host.ip(`addr add fd00:99::1/64 dev ${host.bridge} nodad`);
    await host.ip(`link set dev ${host.bridge} up`);
    const ipam = hostLocal(host, [SUBNET4, SUBNET6]);
    const config = bridgeConfig(host, { isGateway: true, ipam });
    await t.step(
      "the message tells the address and both ways out",
      async () => {
        const before = await netnsStateOf(host);
        const call = { code: 7, config, sandbox };
        const error = await mustFail(host, "bridge", call);
        const text = `${error.msg}; ${error.details}`;
        for (const part of [host.bridge, "10.99.0.1/16", "forceAddress"]) {
          assertStringIncludes(text, part);
        }
        assertEquals(await netnsStateOf(host), before);
        assertEquals((await attachmentsOf(host)).files, {});
      },
    );
    await t.step("forceAddress replaces what is in the way only", async () => {
      const forced = { ...config, forceAddress: true };
      await mustCall(host, "bridge", { config: forced, sandbox });
      assertEquals(await bridgeAddresses(host), [
        "10.213.0.1/24",
        "fd00:213::1/64",
        "fd00:99::1/64",
      ]);
    });
  },
);

kernelTest(
  "bridge: a forced ADD that fails puts the addresses back",
  async (host) => {
    const sandbox = await host.addSandbox();
    await host.ip(`link add ${host.bridge} type bridge`);
    await host.ip(`addr add 10.99.0.1/16 broadcast + dev ${host.bridge}`);
    await host.ip(`link set dev ${host.bridge} up`);
    const before = await netnsStateOf(host);
    const routes = [{ dst: "10.1.0.0/16", gw: "172.31.0.1" }];
    const ipam = hostLocal(host, [SUBNET4], { routes });
    const keys = { isGateway: true, forceAddress: true, ipam };
    const config = bridgeConfig(host, keys);
    await mustFail(host, "bridge", { code: 999, config, sandbox });
    const after = await netnsStateOf(host);
    // Forwarding is the host's own affair once it was asked for.
    assertEquals({ ...after, forwarding: "" }, { ...before, forwarding: "" });
  },
);

kernelTest(
  "bridge: CNI_NETNS may be any path of a namespace",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const sleeper = new Deno.Command("nsenter", {
      args: [`--net=${sandbox.path}`, "sleep", "600"],
      stdout: "null",
    }).spawn();
    host.defer(async () => {
      sleeper.kill("SIGKILL");
      await sleeper.status;
    });
    const bind = `${host.scratchDir}/bound`;
    await Deno.writeTextFile(bind, "");
    await must(["mount", "--bind", sandbox.path, bind]);
    host.defer(() => must(["umount", bind]));
    const paths = {
      "a name below /run/netns": sandbox.path,
      "a process": `/proc/${sleeper.pid}/ns/net`,
      "a thread": `/proc/${sleeper.pid}/task/${sleeper.pid}/ns/net`,
      "a bind mount": bind,
    };
    const config = bridgeConfig(host, { isGateway: true });
    const before = await attachmentsOf(host);
    for (const [why, netns] of Object.entries(paths)) {
      await t.step(why, async () => {
        await until(() => isInside(sleeper.pid, sandbox));
        const call = { config, sandbox, netns };
        const result = await mustCall(host, "bridge", call);
        assertEquals(result.interfaces[2].sandbox, netns);
        assertEquals((await linkIn(sandbox, "eth0")).operstate, "UP");
        const check = { ...config, prevResult: result };
        await mustCall(host, "bridge", {
          ...call,
          config: check,
          command: "CHECK",
        });
        await mustCall(host, "bridge", { ...call, command: "DEL" });
        assertEquals(await linkNamesIn(sandbox), ["lo"]);
      });
    }
    assertEquals(await attachmentsOf(host), before);
  },
  { needs: ["mount", "umount", "sleep"] },
);

kernelTest(
  "bridge: CNI_NETNS that is no namespace is refused with code 8",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const plain = `${host.scratchDir}/plain`;
    await Deno.writeTextFile(plain, "");
    const paths = {
      "missing": "/run/netns/cnitest-no-such",
      "a plain file": plain,
      "a folder": host.scratchDir,
      "another kind of namespace": "/proc/self/ns/uts",
      "its own namespace": host.path,
      "its own, by /proc": "/proc/self/ns/net",
      "with a newline": "/run/netns/a\nb",
      "with a quote": "/run/netns/a'b\"c",
      "an option": "--help",
    };
    for (const [why, netns] of Object.entries(paths)) {
      await t.step(why, async () => {
        await refuses(host, sandbox, { netns, code: 8, names: ["CNI_NETNS"] });
      });
    }
  },
);

kernelTest(
  "bridge: CNI_NETNS with a space works or is refused before all else",
  async (host) => {
    const sandbox = await host.addSandbox();
    const bind = `${host.scratchDir}/with space`;
    await Deno.writeTextFile(bind, "");
    await must(["mount", "--bind", sandbox.path, bind]);
    host.defer(() => must(["umount", bind]));
    await refuses(host, sandbox, {
      netns: bind,
      code: 8,
      names: ["CNI_NETNS"],
    });
  },
  { needs: ["mount", "umount"] },
);

kernelTest(
  "bridge: a name that the kernel keeps for itself leaves nothing",
  async (host) => {
    const sandbox = await host.addSandbox();
    const before = await netnsStateOf(host);
    for (const name of ["all", "default"]) {
      const config = bridgeConfig(host, { bridge: name, ipam: null });
      await mustFail(host, "bridge", { config, sandbox, code: 7 });
      assertEquals(await netnsStateOf(host), before);
    }
  },
);

/** Has the lock removed that a bridge of this name, which is not ours, gets. */
function deferUnlock(host: Host, name: string): void {
  host.defer(() => Deno.remove(`/run/cni/bridge-${name}.lock`));
}

async function bridgeAddresses(host: Host): Promise<readonly string[]> {
  const { addr_info } = await linkIn(host, host.bridge);
  return addr_info.filter(({ scope }: Any) => scope !== "link")
    .map(({ local, prefixlen }: Any) => `${local}/${prefixlen}`);
}

/** Whether a process has entered a sandbox. */
async function isInside(pid: number, sandbox: Sandbox): Promise<boolean> {
  const { status } = await sandbox.run([
    "test",
    `/proc/${pid}/ns/net`,
    "-ef",
    sandbox.path,
  ]);
  return status === 0;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise((done) => setTimeout(done, 10));
}
