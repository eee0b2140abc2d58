/**
 * Links that come and go while plugins list them: `ip` and `tc` then say that
 * their list may be inconsistent, which is no failure of a call.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  attachmentsOf,
  BIN,
  bridgeConfig,
  createTool,
  type Host,
  kernelTest,
  mustCall,
} from "./_harness.ts";
import { addShaped, shapingOf } from "./_shaping.ts";

/** Links besides those that come and go, so that a list takes some time. */
const LINK_PAIRS = 30;

/** How often bandwidth is called; a list is cut short once in a few calls. */
const ROUNDS = 12;

const SETUP = `i=0
while [ $i -lt ${LINK_PAIRS} ]; do
  echo "link add a$i type veth peer name b$i"
  i=$((i+1))
done | ip -batch -`;

const CHURN = `trap 'exit 0' TERM
while :; do
  printf 'link add c0 type veth peer name d0\\nlink del c0\\n' | ip -batch -
done`;

/** Has links come and go on a host, until it is disposed of. */
async function startChurn(host: Host): Promise<AsyncDisposable> {
  await host.must(["sh", "-c", SETUP]);
  const child = new Deno.Command("nsenter", {
    args: [`--net=${host.path}`, "--", "sh", "-c", CHURN],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

/** Sees that lists are indeed cut short; else the tests would show nothing. */
async function requireInterruptions(host: Host): Promise<void> {
  for (let count = 0; count < 100; count++) {
    const { stderr } = await host.run(["ip", "link", "show"]);
    if (stderr.includes("Dump was interrupted")) return;
  }
  throw new Error("No list was interrupted: make more links come and go");
}

kernelTest(
  "bandwidth: ADD and DEL, again and again beside links that come and go",
  async (host) => {
    const sandbox = await addShaped(host);
    const before = await shapingOf(host);
    {
      await using _churn = await startChurn(host);
      await requireInterruptions(host);
      const config = {
        cniVersion: "1.0.0",
        name: host.network,
        type: "bandwidth",
        ...{ ingressRate: 8_000_000, ingressBurst: 80_000 },
        ...{ egressRate: 8_000_000, egressBurst: 80_000 },
        prevResult: sandbox.prevResult,
      };
      const call = { config, sandbox };
      for (let count = 0; count < ROUNDS; count++) {
        await mustCall(host, "bandwidth", call);
        await mustCall(host, "bandwidth", { ...call, command: "DEL" });
      }
    }
    await host.run(["ip", "link", "del", "c0"]);
    const after = await shapingOf(host);
    const isOurs = ([name]: readonly [string, unknown]) =>
      !/^[ab]\d/.test(name);
    assertEquals(
      Object.fromEntries(Object.entries(after).filter(isOurs)),
      before,
    );
  },
  { needs: ["tc"] },
);

kernelTest(
  "a chain of six plugins, again and again beside links that come and go",
  async (host) => {
    const sandbox = await host.addSandbox();
    const tool = await createTool(host);
    const { cniVersion, name, ...bridge } = bridgeConfig(host, {
      isGateway: true,
      ipMasq: true,
    });
    const limits = { ingressRate: 8_000_000, ingressBurst: 80_000 };
    const mapping = { hostPort: 8080, containerPort: 80, protocol: "tcp" };
    const plugins = [
      bridge,
      { type: "portmap", runtimeConfig: { portMappings: [mapping] } },
      { type: "firewall" },
      { type: "bandwidth", ...limits },
      { type: "tuning", mtu: 1400 },
      { type: "sbr" },
    ];
    await tool.write("10-chain.conflist", { cniVersion, name, plugins });
    const before = await attachmentsOf(host);
    const env = { NETCONFPATH: tool.configFolder, CNI_PATH: BIN };
    const failures: string[] = [];
    {
      await using _churn = await startChurn(host);
      await requireInterruptions(host);
      for (let count = 0; count < ROUNDS / 2; count++) {
        for (const verb of ["add", "del"]) {
          const words = [`${BIN}/cnitool`, verb, host.network, sandbox.path];
          const { status, stderr } = await host.run(words, { env });
          if (status !== 0) failures.push(`${verb}: ${stderr}`);
        }
      }
    }
    assertEquals(failures, []);
    const { rules, files } = await attachmentsOf(host);
    assertEquals({ rules, files }, {
      rules: before.rules,
      files: before.files,
    });
    assert((await sandbox.ip("-o link show")).split("\n").length === 2);
  },
  { needs: ["tc", "iptables", "ip6tables"] },
);
