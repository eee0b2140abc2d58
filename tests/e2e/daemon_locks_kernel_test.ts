import { assertEquals } from "@std/assert";
import {
  bridgeConfig,
  hostLocal,
  legacyPath,
  type Output,
  type PluginCall,
  residentTest,
  type Sandbox,
} from "./_harness.ts";

/** How long another process holds a lock at least, in milliseconds. */
const HELD_MS = 3000;

/** How many calls go on meanwhile, and how many at a time. */
const OTHER_CALLS = 50;
const AT_A_TIME = 5;

/** How many calls wait for the lock: more than run at a time. */
const BLOCKED_CALLS = 20;

/** How long the others may take on a busy machine; they hang if they wait. */
const LIMIT_MS = 30_000;

/** Has a process take a `flock` and hold it until it is told to end. */
async function holdLock(path: string) {
  const child = new Deno.Command("flock", {
    args: [path, "sh", "-c", "echo held; exec cat"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  return async () => {
    await child.stdin.close();
    await reader.cancel();
    await child.status;
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function withLimit(work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const error = new Error("The others wait as well");
  const limit = setTimeout(() => late.reject(error), LIMIT_MS);
  await Promise.race([work, late.promise]).finally(() => clearTimeout(limit));
}

residentTest(
  "daemon: a lock that another process holds stops the calls that need it, and no other",
  async (host, resident, t) => {
    const PATH = await legacyPath(host);
    // Not the machine's own, which other tests take.
    const XTABLES_LOCKFILE = `${host.scratchDir}/xtables.lock`;
    const variables = { PATH, XTABLES_LOCKFILE };
    const env = { ...variables, CNI_DAEMON_SOCKET: resident.socket };
    await resident.start([], { env: variables });
    const sandboxes: Sandbox[] = [];
    while (sandboxes.length < BLOCKED_CALLS + AT_A_TIME) {
      sandboxes.push(await host.addSandbox());
    }
    const workers = sandboxes.splice(0, AT_A_TIME);
    const succeed = async (name: string, call: PluginCall) => {
      const output = await resident.call(name, { env, ...call });
      assertEquals(output.status, 0, output.stdout + output.stderr);
      return output;
    };
    // Another network: a bridge and a range of its own, and no iptables.
    const other = bridgeConfig(host, {
      name: `other-${host.id}`,
      bridge: `co${host.id}`,
      isGateway: true,
      ipam: hostLocal(host, ["10.214.0.0/24"]),
    });
    const otherLock = `/run/cni/bridge-co${host.id}.lock`;
    host.defer(() => Deno.remove(otherLock));
    const tuning = {
      ...{ cniVersion: "1.0.0", name: `other-${host.id}`, type: "tuning" },
      sysctl: { "net.ipv4.conf.IFNAME.arp_filter": "1" },
    };
    /** The lives of containers of other networks, by several plugins. */
    const goOn = async () => {
      const counts = { calls: 0 };
      const call = (name: string, one: PluginCall) => {
        counts.calls++;
        return succeed(name, one);
      };
      await Promise.all(workers.map(async (sandbox) => {
        while (counts.calls < OTHER_CALLS) {
          const { stdout } = await call("bridge", { config: other, sandbox });
          const prevResult = JSON.parse(stdout);
          const config = { ...tuning, prevResult };
          await call("tuning", { config, sandbox });
          const next = { config: { ...other, prevResult }, sandbox };
          await call("bridge", { ...next, command: "CHECK" });
          await call("tuning", { config, sandbox, command: "DEL" });
          await call("bridge", { ...next, command: "DEL" });
        }
      }));
    };
    await goOn();
    const base = bridgeConfig(host, { isGateway: true });
    const masquerade = { ...base, ipMasq: true, ipMasqBackend: "iptables" };
    /** The lock, and the configuration of the calls that need it. */
    const locks: Record<string, readonly [string, object]> = {
      "host-local's": [`${host.dataDir}/${host.network}/lock`, base],
      "the bridge's": [`/run/cni/bridge-${host.bridge}.lock`, base],
      "xtables'": [XTABLES_LOCKFILE, masquerade],
    };
    // What is not there yet is made, so that only the lock is in the way.
    await succeed("bridge", { config: masquerade, sandbox: sandboxes[0]! });
    const del = (config: object, sandbox: Sandbox) =>
      succeed("bridge", { command: "DEL", config, sandbox });
    await del(masquerade, sandboxes[0]!);
    for (const [what, [path, config]] of Object.entries(locks)) {
      await t.step(what, async () => {
        const ended = new Set<Output>();
        let blocked: readonly Promise<unknown>[] = [];
        const start = performance.now();
        const release = await holdLock(path);
        try {
          blocked = sandboxes.map(async (sandbox) => {
            ended.add(await succeed("bridge", { config, sandbox }));
          });
          await sleep(300);
          await withLimit(goOn());
          const tookMs = performance.now() - start;
          console.log(`${what} lock: others took ${Math.round(tookMs)} ms`);
          await sleep(Math.max(0, HELD_MS - tookMs));
          // All others have ended, and none of those that need the lock.
          assertEquals(ended.size, 0);
        } finally {
          await release();
        }
        await Promise.all(blocked);
        await Promise.all(sandboxes.map((sandbox) => del(config, sandbox)));
      });
    }
    assertEquals((await resident.status()).declined, {});
  },
  { needs: ["flock", "nft", "/usr/sbin/iptables-legacy"] },
);
