import { assertEquals } from "@std/assert";
import {
  type Any,
  bridgeConfig,
  type Host,
  kernelTest,
  linkIn,
  linkNamesIn,
  mustCall,
  mustFail,
  portIn,
  type Sandbox,
} from "./_harness.ts";

/** Alternative names of a link: as long as its own may be, and longer. */
const NAMES = ["alt0", "a-name-of-more-than-15-bytes", "n".repeat(127)];

async function addName(host: Host, link: string, name: string): Promise<void> {
  await host.ip(`link property add dev ${link} altname ${name}`);
}

/** ADD, CHECK, and DEL; `look` is what holds in between. */
async function live(
  host: Host,
  { config, sandbox }: { config: Any; sandbox: Sandbox },
  look: (result: Any) => Promise<void>,
): Promise<void> {
  const { type } = config;
  const prevResult = await mustCall(host, type, { config, sandbox });
  await look(prevResult);
  const call = { config: { ...config, prevResult }, sandbox };
  await mustCall(host, type, { ...call, command: "CHECK" });
  await mustCall(host, type, { ...call, command: "DEL" });
  assertEquals(await linkNamesIn(sandbox), ["lo"]);
}

const BRIDGE_KEYS = {
  "the usual": { isDefaultGateway: true },
  "looked at first": { isDefaultGateway: true, promiscMode: true },
};

for (const name of NAMES) {
  const what = `an alternative name of ${name.length} bytes`;
  for (const [why, keys] of Object.entries(BRIDGE_KEYS)) {
    kernelTest(`bridge: ${what}, ${why}`, async (host) => {
      const lock = `/run/cni/bridge-${name}.lock`;
      host.defer(() => Deno.remove(lock).catch(() => {}));
      await host.ip("link add br7 type bridge");
      await addName(host, "br7", name);
      const config = bridgeConfig(host, { bridge: name, ...keys });
      const sandbox = await host.addSandbox();
      await live(host, { config, sandbox }, async (result) => {
        assertEquals(result.interfaces[0].name, "br7");
        assertEquals((await linkIn(host, portIn(result))).master, "br7");
      });
    });
  }

  kernelTest(`macvlan, host-device: ${what}`, async (host) => {
    await host.ip("link add d0 type veth peer name far0");
    await addName(host, "d0", name);
    const base = { cniVersion: "1.0.0", name: host.network };
    const sandbox = await host.addSandbox();
    const macvlan = { ...base, type: "macvlan", master: name };
    await live(host, { config: macvlan, sandbox }, async () => {
      const { link_index } = await linkIn(sandbox, "eth0");
      assertEquals(link_index, (await linkIn(host, "d0")).ifindex);
    });
    const device = { ...base, type: "host-device", device: name };
    await live(host, { config: device, sandbox }, async () => {
      assertEquals((await linkNamesIn(host)).includes("d0"), false);
    });
    assertEquals((await linkIn(host, name)).ifname, "d0");
  });

  kernelTest(`tap: ${what}`, async (host) => {
    const sandbox = await host.addSandbox();
    await sandbox.ip("link add br7 type bridge");
    await sandbox.ip(`link property add dev br7 altname ${name}`);
    const keys = { type: "tap", ipam: null, bridge: name };
    const config = bridgeConfig(host, keys);
    const prevResult = await mustCall(host, "tap", { config, sandbox });
    assertEquals((await linkIn(sandbox, "eth0")).master, "br7");
    const check = { ...config, prevResult };
    await mustCall(host, "tap", { command: "CHECK", config: check, sandbox });
    await sandbox.ip("link set eth0 nomaster");
    const call = { command: "CHECK", config: check, sandbox };
    await mustFail(host, "tap", { ...call, code: 999 });
  }, { needs: ["/dev/net/tun"] });
}

kernelTest(
  "host-device: the container's name for it may be how the host calls it",
  async (host) => {
    await host.ip("link add d0 type veth peer name far0");
    await addName(host, "d0", "eth0");
    const base = { cniVersion: "1.0.0", name: host.network };
    const config = { ...base, type: "host-device", device: "eth0" };
    const sandbox = await host.addSandbox();
    // Twice: the name is there again after the first DEL.
    for (let round = 0; round < 2; round++) {
      await live(host, { config, sandbox }, async () => {});
      assertEquals((await linkIn(host, "eth0")).ifname, "d0");
    }
  },
);

kernelTest(
  "bridge: a name that is too long for a bridge that is not there",
  async (host) => {
    const config = bridgeConfig(host, { bridge: NAMES[1] });
    const sandbox = await host.addSandbox();
    const error = await mustFail(host, "bridge", { config, sandbox, code: 7 });
    assertEquals(error.details.includes("is too long"), true, error.details);
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
    await Deno.remove(`/run/cni/bridge-${NAMES[1]}.lock`);
  },
);
