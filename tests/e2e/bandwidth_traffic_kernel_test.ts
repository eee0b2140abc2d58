import { assert, assertEquals } from "@std/assert";
import {
  type Any,
  type Host,
  kernelTest,
  mustCall,
  type Netns,
} from "./_harness.ts";
import { addShaped, type ShapedSandbox } from "./_shaping.ts";

const NEEDS = { needs: ["tc", "ping"] };

// No test here can fail by being slow: a limit that holds only makes traffic
// slower, and what it holds back is counted by the kernel.

/** A second's worth at the rate that tests limit to. */
const BYTES_PER_SECOND = 250_000;

const LIMIT = { rate: BYTES_PER_SECOND * 8, burst: 25_000 * 8 };
const INGRESS = { ingressRate: LIMIT.rate, ingressBurst: LIMIT.burst };
const EGRESS = { egressRate: LIMIT.rate, egressBurst: LIMIT.burst };

const SENT_BYTES = 400_000;

/** The least time that takes, but for what passes at once and what waits. */
const LEAST_MS = (SENT_BYTES - 25_000 - 31_250) / BYTES_PER_SECOND * 1000;

kernelTest(
  "bandwidth: a transfer takes the time of the limit",
  async (host, t) => {
    const cases = {
      "what the container sends": [EGRESS, true],
      "what the container receives": [INGRESS, false],
    } as const;
    for (const [why, [limits, isEgress]] of Object.entries(cases)) {
      await t.step(why, async () => {
        const sandbox = await shaped(host, limits);
        const [from, to] = isEgress ? [sandbox, host] : [host, sandbox];
        const address = isEgress ? sandbox.gateway : containerAddress(sandbox);
        const ms = await transfer(from, to, address);
        assert(ms >= LEAST_MS, `${ms} ms, not ${LEAST_MS} at least`);
      });
      await t.step(`${why}, and not the other direction`, async () => {
        const sandbox = await shaped(host, limits);
        const [from, to] = isEgress ? [host, sandbox] : [sandbox, host];
        const address = isEgress ? containerAddress(sandbox) : sandbox.gateway;
        await transfer(from, to, address);
        assertEquals(await heldBack(host, sandbox), 0);
      });
    }
  },
  NEEDS,
);

kernelTest(
  "bandwidth: what comes beyond burst and queue is dropped",
  async (host) => {
    // A packet a second, so that far less than all pass while the test runs.
    const limits = { egressRate: 8 * 1042, egressBurst: 8 * 10_420 };
    const free = await addShaped(host);
    const sandbox = await shaped(host, limits);
    const answered = async ({ gateway, ...netns }: ShapedSandbox) => {
      const words = "-q -c 200 -i 0.002 -s 1000 -w 3".split(" ");
      const { stdout } = await netns.run(["ping", ...words, gateway]);
      return Number(/(\d+) received/.exec(stdout)?.[1]);
    };
    assert(await answered(free) > 100);
    assert(await answered(sandbox) < 100);
    assert(await heldBack(host, sandbox) > 0);
  },
  NEEDS,
);

kernelTest(
  "bandwidth: subnets are told apart by the other end",
  async (host, t) => {
    const cases = {
      "unshaped": [
        { unshapedSubnets: ["192.0.2.0/24", "2001:db8::/32"] },
        false,
      ],
      "shaped": [{ shapedSubnets: ["192.0.2.0/24", "2001:db8::/32"] }, true],
    } as const;
    for (const [why, [subnets, isInside]] of Object.entries(cases)) {
      await t.step(why, async () => {
        const sandbox = await shaped(host, {
          ...INGRESS,
          ...EGRESS,
          ...subnets,
        });
        const { hostName, gateway } = sandbox;
        await host.ip(`addr add 192.0.2.1/32 dev ${hostName}`);
        await host.ip(`addr add 2001:db8::1/64 dev ${hostName} nodad`);
        await sandbox.ip(`route add 192.0.2.0/24 via ${gateway}`);
        await sandbox.ip("addr add 2001:db8::2/64 dev eth0 nodad");
        const targets = {
          [gateway]: !isInside,
          "192.0.2.1": isInside,
          "2001:db8::1": isInside,
        };
        for (const [address, isLimited] of Object.entries(targets)) {
          const before = await passedIn(host, sandbox);
          const words = "-q -c 5 -i 0.01 -s 1000 -w 10".split(" ");
          await sandbox.must(["ping", ...words, address]);
          const after = await passedIn(host, sandbox);
          const [sent, received] = after.map((bytes, index) =>
            bytes - before[index]!
          );
          // Neighbour discovery comes to a few hundred bytes.
          const expected = { sent: isLimited, received: isLimited };
          const found = { sent: sent! > 5000, received: received! > 5000 };
          assertEquals(found, expected, `${address}: ${sent}, ${received}`);
        }
        await host.ip(`addr flush dev ${hostName}`);
      });
    }
  },
  NEEDS,
);

async function shaped(host: Host, limits: object): Promise<ShapedSandbox> {
  const sandbox = await addShaped(host);
  const { prevResult } = sandbox;
  const base = { cniVersion: "1.0.0", name: "bw-net", type: "bandwidth" };
  const config = { ...base, ...limits, prevResult };
  const result = await mustCall(host, "bandwidth", { config, sandbox });
  return { ...sandbox, prevResult: result };
}

function containerAddress({ prevResult }: ShapedSandbox): string {
  return prevResult.ips[0].address.split("/")[0];
}

/** The disciplines that limit a container, with their counters. */
async function shapers(
  host: Host,
  { hostName, prevResult }: ShapedSandbox,
): Promise<readonly Any[]> {
  const names = [prevResult.interfaces[2]?.name, hostName];
  const lists = await Promise.all(
    names.filter((name) => name !== undefined).map(async (name) => {
      const words = ["tc", "-s", "-j", "qdisc", "show", "dev", name];
      return JSON.parse(await host.must(words)) as readonly Any[];
    }),
  );
  return lists.flat().filter(({ kind }) => ["tbf", "bfifo"].includes(kind));
}

/** How often a packet had to wait or was dropped. */
async function heldBack(host: Host, sandbox: ShapedSandbox): Promise<number> {
  const counts = (await shapers(host, sandbox))
    .map(({ drops, overlimits }) => drops + overlimits);
  return counts.reduce((sum, one) => sum + one, 0);
}

/** How many bytes the limits have let pass: sent ones, received ones. */
async function passedIn(
  host: Host,
  sandbox: ShapedSandbox,
): Promise<readonly number[]> {
  return (await shapers(host, sandbox)).map(({ bytes }) => bytes);
}

const PORT = 7000;

/** Sends bytes over TCP; returns how long the receiver saw them come. */
async function transfer(
  from: Netns,
  to: Netns,
  hostname: string,
): Promise<number> {
  const at = `{ hostname: ${JSON.stringify(hostname)}, port: ${PORT} }`;
  const receiver = deno(
    to,
    `const listener = Deno.listen(${at});
console.log("ready");
const conn = await listener.accept();
const start = performance.now();
let count = 0;
for await (const chunk of conn.readable) count += chunk.length;
console.log(count, performance.now() - start);`,
  );
  const [ready, output] = receiver.stdout.tee();
  // Its first output says that it listens.
  const reader = ready.getReader();
  await reader.read();
  const drained = reader.cancel();
  const sender = deno(
    from,
    `const conn = await Deno.connect(${at});
const writer = conn.writable.getWriter();
await writer.write(new Uint8Array(${SENT_BYTES}));
await writer.close();`,
  );
  const [text] = await Promise.all([
    new Response(output).text(),
    drained,
    sender.stdout.cancel(),
    sender.status,
    receiver.status,
  ]);
  const [, count, ms] = /^(\d+) (\S+)$/m.exec(text) ?? [];
  assertEquals(Number(count), SENT_BYTES, text);
  return Number(ms);
}

/** Starts a program of Deno's in a namespace. */
function deno(netns: Netns, code: string): Deno.ChildProcess {
  const words = [Deno.execPath(), "eval", "--no-config", code];
  return new Deno.Command("nsenter", {
    args: [`--net=${netns.path}`, "--", ...words],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}
