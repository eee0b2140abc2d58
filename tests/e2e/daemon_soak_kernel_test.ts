import { assertEquals } from "@std/assert";
import {
  attachmentsOf,
  bridgeConfig,
  hostLocal,
  type PluginCall,
  type Resident,
  residentTest,
  type Sandbox,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";
import { firewallChain } from "./_resident_chain.ts";

/** How many calls; `make soak` has more. */
const CALLS = Number(Deno.env.get("CNI_SOAK_CALLS") ?? 300);

const AT_A_TIME = 8;

/** How long a daemon without calls may take to put away what they needed. */
const IDLE_MS = 5000;

/**
 * From so many calls on its memory is compared: before, V8 still lets its heap
 * grow to the size that suits it.
 */
const CALLS_TO_SETTLE = 10_000;

/** More memory than this is too much at any time, in KiB. */
const MAX_RSS_KIB = 384 * 1024;

/** What the daemon may have more in the end than after half of the calls. */
const MORE = { rssKib: 8 * 1024, files: 4, children: 4, zombies: 0 };

type Look = Readonly<Record<keyof typeof MORE, number>>;

/** What a daemon has taken of its system. */
function lookAt(pid: number): Look {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`)
    .split(" ").filter((one) => one !== "");
  const isZombie = (child: string) => {
    try {
      return /^State:\s+Z/m.test(
        Deno.readTextFileSync(`/proc/${child}/status`),
      );
    } catch {
      return false; // It has ended meanwhile.
    }
  };
  return {
    rssKib: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]),
    files: [...Deno.readDirSync(`/proc/${pid}/fd`)].length,
    children: children.length,
    zombies: children.filter(isZombie).length,
  };
}

/** What a daemon without calls goes on to take: two looks find the same. */
async function lookAtIdle(pid: number): Promise<Look> {
  const end = performance.now() + IDLE_MS;
  for (let last = lookAt(pid);;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const look = lookAt(pid);
    const isIdle = last.files === look.files &&
      last.children === look.children && look.zombies === 0;
    if (isIdle || performance.now() > end) return look;
    last = look;
  }
}

/** A life of a container, and one call that fails; counts the calls. */
async function live(
  { call }: Resident,
  config: Record<string, unknown>,
  sandbox: Sandbox,
): Promise<number> {
  const succeed = async (name: string, one: PluginCall) => {
    const { status, stdout, stderr } = await call(name, one);
    assertEquals({ status, stderr }, { status: 0, stderr: "" }, stdout);
    return stdout;
  };
  const stdout = await succeed("bridge", { config, sandbox });
  const prevResult = JSON.parse(stdout);
  const checked = { config: { ...config, prevResult }, sandbox };
  await succeed("bridge", { ...checked, command: "CHECK" });
  const refused = { config: { ...config, mtu: 1 }, sandbox };
  assertEquals((await call("bridge", refused)).status, 1);
  await succeed("bridge", { ...checked, command: "DEL" });
  await succeed("bridge", { config, sandbox, command: "VERSION" });
  return 5;
}

residentTest(
  `daemon: ${CALLS} calls leave it no larger than half of them did`,
  async (host, resident) => {
    await resident.start(["--log-level", "error"]);
    const { pid } = resident.daemon;
    const before = await attachmentsOf(host);
    const sandboxes: Sandbox[] = [];
    while (sandboxes.length < AT_A_TIME) {
      sandboxes.push(await host.addSandbox());
    }
    const ipam = hostLocal(host, [SUBNET4, SUBNET6]);
    const config = bridgeConfig(host, { isGateway: true, ipam });
    const chain = firewallChain(host, resident);
    let calls = 0;
    const callUntil = (count: number) =>
      Promise.all(sandboxes.map(async (sandbox) => {
        for (let round = 0; calls < count; round++) {
          if (round % 5 === 0) {
            const { status, stdout } = await chain.add(sandbox);
            assertEquals(status, 0, stdout);
            await chain.del(sandbox);
            calls += 6;
          } else {
            calls += await live(resident, config, sandbox);
          }
        }
      }));
    const start = performance.now();
    await callUntil(CALLS / 2);
    const half = await lookAtIdle(pid);
    await callUntil(CALLS);
    const end = await lookAtIdle(pid);
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `${calls} calls in ${seconds.toFixed()} s; after half of them ` +
        `${JSON.stringify(half)}, in the end ${JSON.stringify(end)}`,
    );
    assertEquals(end.rssKib < MAX_RSS_KIB, true, `${end.rssKib} KiB`);
    for (const key of Object.keys(MORE) as (keyof Look)[]) {
      if (key === "rssKib" && CALLS < CALLS_TO_SETTLE) continue;
      const more = end[key] - half[key];
      assertEquals(more <= MORE[key], true, `${more} more ${key}`);
    }
    assertEquals((await resident.status()).declined, {});
    const after = await attachmentsOf(host);
    assertEquals([after.links, after.files], [before.links, before.files]);
  },
);
