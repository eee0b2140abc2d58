import { assert, assertEquals } from "@std/assert";
import {
  attachmentsOf,
  bridgeConfig,
  callPlugin,
  createFaults,
  fakePlugin,
  type Host,
  hostLocal,
  type HostState,
  kernelTest,
  linkNamesIn,
  mustCall,
  mustFail,
  netnsStateOf,
  type Sandbox,
  stateOf,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";

const NEEDS = { needs: ["flock", "nft", "iptables", "ip6tables"] };

/** Keys that make an ADD do all that it can do at once. */
const KEYS = {
  "masquerade by iptables": { isDefaultGateway: true, ipMasq: true },
  "masquerade by nftables": {
    isDefaultGateway: true,
    ipMasq: true,
    ipMasqBackend: "nftables",
    macspoofchk: true,
    promiscMode: true,
  },
};

for (const [why, keys] of Object.entries(KEYS)) {
  kernelTest(
    `bridge: ADD that fails at any step leaves nothing: ${why}`,
    async (host) => {
      const config = dualStack(host, keys);
      const before = await stateWithoutNotes(host);
      const undo = async (sandbox: Sandbox) => {
        await mustCall(host, "bridge", { command: "DEL", config, sandbox });
        await host.ip(`link del ${host.bridge}`);
      };
      await atEveryStep(host, async (sandbox, env) => {
        const call = { config, sandbox, env };
        const { status, stdout } = await callPlugin(host, "bridge", call);
        // It may also have found its way around the fault.
        if (status === 0) await undo(sandbox);
        else assertEquals(typeof JSON.parse(stdout).code, "number", stdout);
        assertEquals(await linkNamesIn(sandbox), ["lo"], stdout);
        assertEquals(await stateWithoutNotes(host), before, stdout);
      }, async (sandbox, env) => {
        await mustCall(host, "bridge", { config, sandbox, env });
        await undo(sandbox);
      });
    },
    NEEDS,
  );
}

kernelTest(
  "bridge: ADD that fails leaves a bridge in use as it was",
  async (host) => {
    const config = dualStack(host, KEYS["masquerade by iptables"]);
    const other = await host.addSandbox();
    await mustCall(host, "bridge", { config, sandbox: other });
    const before = await stateWithoutNotes(host);
    await atEveryStep(host, async (sandbox, env) => {
      const call = { config, sandbox, env };
      const { status, stdout } = await callPlugin(host, "bridge", call);
      if (status === 0) {
        await mustCall(host, "bridge", { command: "DEL", config, sandbox });
      }
      assertEquals(await stateWithoutNotes(host), before, stdout);
    }, async (sandbox, env) => {
      await mustCall(host, "bridge", { config, sandbox, env });
      await mustCall(host, "bridge", { command: "DEL", config, sandbox });
    });
  },
  NEEDS,
);

for (const [why, keys] of Object.entries(KEYS)) {
  kernelTest(
    `bridge: DEL that fails at any step is mended by another DEL: ${why}`,
    async (host) => {
      const config = dualStack(host, keys);
      const del = { command: "DEL", config };
      const before = await attachmentsOf(host);
      const faults = createFaults(host);
      const env = { PATH: faults.path };
      const add = async () => {
        const sandbox = await host.addSandbox();
        await mustCall(host, "bridge", { config, sandbox });
        return sandbox;
      };
      faults.arm(0);
      await mustCall(host, "bridge", { ...del, sandbox: await add(), env });
      const steps = faults.count();
      assert(steps >= 4, `${steps} steps`);
      for (let step = 1; step <= steps; step++) {
        const sandbox = await add();
        faults.arm(step);
        const call = { ...del, sandbox, env };
        const { status, stdout } = await callPlugin(host, "bridge", call);
        const fault = `step ${step}: ${faults.failed()}\n${stdout}`;
        // It may also have found its way around the fault.
        if (status !== 0) await mustCall(host, "bridge", { ...del, sandbox });
        assertEquals(await linkNamesIn(sandbox), ["lo"], fault);
        assertEquals(await attachmentsOf(host), before, fault);
      }
    },
    NEEDS,
  );
}

kernelTest(
  "bridge: ADD whose routes cannot be leaves nothing",
  async (host) => {
    const sandbox = await host.addSandbox();
    const before = await stateWithoutNotes(host);
    const routes = [{ dst: "10.1.0.0/16", gw: "172.31.0.1" }];
    const ipam = hostLocal(host, [SUBNET4], { routes });
    const config = bridgeConfig(host, { isGateway: true, ipMasq: true, ipam });
    const error = await mustFail(host, "bridge", {
      code: 999,
      config,
      sandbox,
    });
    assert(error.msg.includes("10.1.0.0/16"), error.msg);
    assertEquals(await stateWithoutNotes(host), before);
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
  },
  NEEDS,
);

kernelTest(
  "bridge: ADD without an address to give leaves nothing",
  async (host) => {
    const config = bridgeConfig(host, {
      isGateway: true,
      ipMasq: true,
      ipam: hostLocal(host, ["10.213.0.0/30"]),
    });
    const [owner, sandbox] = [await host.addSandbox(), await host.addSandbox()];
    await mustCall(host, "bridge", { config, sandbox: owner });
    const before = await stateOf(host);
    const { status, stdout } = await callPlugin(host, "bridge", {
      config,
      sandbox,
    });
    const error = JSON.parse(stdout);
    assertEquals(status, 1);
    assert(`${error.msg}; ${error.details}`.includes("10.213.0"), stdout);
    assertEquals(await stateOf(host), before);
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
  },
  NEEDS,
);

kernelTest(
  "bridge: ADD that fails leaves a bridge with other ports as it was",
  async (host) => {
    const sandbox = await host.addSandbox();
    await host.ip(`link add ${host.bridge} type bridge`);
    await host.ip("link add uplink0 type veth peer name uplink1");
    await host.ip(`link set dev uplink0 master ${host.bridge}`);
    const before = await stateWithoutNotes(host);
    const routes = [{ dst: "10.1.0.0/16", gw: "172.31.0.1" }];
    const ipam = hostLocal(host, [SUBNET4, SUBNET6], { routes });
    const config = bridgeConfig(host, {
      isGateway: true,
      ipMasq: true,
      promiscMode: true,
      ipam,
    });
    await mustFail(host, "bridge", { code: 999, config, sandbox });
    assertEquals(await stateWithoutNotes(host), before);
  },
  NEEDS,
);

/** IPAM plugins that let their caller down. */
const BAD_IPAM = {
  "no addresses": `echo '{"cniVersion": "1.0.0"}'`,
  "no JSON": "echo hello",
  "an address that is none":
    `echo '{"cniVersion": "1.0.0", "ips": [{"address": "10.0.0.2"}]}'`,
  "words that ip would take for a line":
    `echo '{"cniVersion": "1.0.0", "ips": [{"address": "10.0.0.2/24\\nlink add x"}]}'`,
  "a route that is none":
    `echo '{"cniVersion": "1.0.0", "ips": [{"address": "10.0.0.2/24"}], "routes": [{"dst": "x"}]}'`,
  "another version": `echo '{"cniVersion": "0.2.0", "ip4": {}}'`,
  "failure without a word": "exit 3",
};

kernelTest(
  "bridge: ADD with an IPAM plugin that lets it down leaves nothing",
  async (host, t) => {
    for (const [why, script] of Object.entries(BAD_IPAM)) {
      await t.step(why, async () => {
        const sandbox = await host.addSandbox();
        const log = `${host.scratchDir}/log`;
        const path = await fakePlugin(
          host,
          "bad-ipam",
          `echo $CNI_COMMAND >>'${log}'\n[ $CNI_COMMAND = ADD ] || exit 0\n${script}`,
        );
        const keys = { isGateway: true, ipam: { type: "bad-ipam" } };
        const config = bridgeConfig(host, keys);
        const before = await stateWithoutNotes(host);
        await failAnyCode(host, { config, sandbox, path });
        assertEquals(await stateWithoutNotes(host), before);
        const commands = (await Deno.readTextFile(log)).trim().split("\n");
        await Deno.remove(log);
        // Only what has been given out must be given back.
        const gave = !["failure without a word"].includes(why);
        if (gave) assertEquals(commands.at(-1), "DEL");
      });
    }
  },
  NEEDS,
);

kernelTest(
  "bridge: an IPAM plugin's own error reaches the runtime as it is",
  async (host) => {
    const sandbox = await host.addSandbox();
    const error = { code: 111, msg: "no more", details: "ask again" };
    const path = await fakePlugin(
      host,
      "bad-ipam",
      `echo '${JSON.stringify({ cniVersion: "1.0.0", ...error })}'; exit 1`,
    );
    const config = bridgeConfig(host, { ipam: { type: "bad-ipam" } });
    const call = { code: 111, config, sandbox, path };
    const { msg, details } = await mustFail(host, "bridge", call);
    assertEquals({ code: 111, msg, details }, error);
  },
);

kernelTest(
  "bridge: a read-only /proc/sys is an error only where it is in the way",
  async (host, t) => {
    const wrapper = ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh"];
    const config = bridgeConfig(host, { isGateway: true });
    await t.step("forwarding has to be turned on", async () => {
      const sandbox = await host.addSandbox();
      const before = await stateWithoutNotes(host);
      const call = { code: 999, config, sandbox, wrapper };
      const error = await mustFail(host, "bridge", call);
      assert(error.msg.includes("net/ipv4/ip_forward"), error.msg);
      assertEquals(await stateWithoutNotes(host), before);
    });
    await t.step("forwarding is on", async () => {
      const sandbox = await host.addSandbox();
      await host.must(["sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"]);
      await mustCall(host, "bridge", { config, sandbox, wrapper });
    });
  },
  { needs: ["unshare", "mount"] },
);

const READ_ONLY = "mount --bind /proc/sys /proc/sys && " +
  'mount -o remount,ro,bind /proc/sys && exec "$@"';

function dualStack(host: Host, keys: object): object {
  const ipam = hostLocal(host, [SUBNET4, SUBNET6]);
  return bridgeConfig(host, { ...keys, ipam });
}

type FaultyCall = (
  sandbox: Sandbox,
  env: Record<string, string>,
) => Promise<void>;

/** Counts the steps of `whole`, then has `failing` fail at each of them. */
async function atEveryStep(
  host: Host,
  failing: FaultyCall,
  whole: FaultyCall,
): Promise<void> {
  const faults = createFaults(host);
  const env = { PATH: faults.path };
  faults.arm(0);
  await whole(await host.addSandbox(), env);
  const steps = faults.count();
  assert(steps >= 15, `${steps} steps`);
  const sandbox = await host.addSandbox();
  for (let step = 1; step <= steps; step++) {
    faults.arm(step);
    try {
      await failing(sandbox, env);
    } catch (cause) {
      const message = `Step ${step} of ${steps}: ${faults.failed()}`;
      throw new Error(message, { cause });
    }
  }
}

/** Calls a plugin that must fail, with whatever code; returns the error. */
async function failAnyCode(
  host: Host,
  call: Parameters<typeof callPlugin>[2],
) {
  const { stdout, status } = await callPlugin(host, "bridge", call);
  assertEquals(status, 1, `it succeeded: ${stdout}`);
  const error = JSON.parse(stdout);
  assertEquals(typeof error.code, "number", stdout);
  return error;
}

/** All but forwarding, which stays on, and host-local's notes. */
async function stateWithoutNotes(
  host: Host,
): Promise<HostState> {
  const { files } = await attachmentsOf(host);
  return { ...await netnsStateOf(host), files, forwarding: "" };
}
