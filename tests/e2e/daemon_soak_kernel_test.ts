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
const CALLS = Number(Deno.env.get("CNI_SOAK_CALLS") ?? 1000);

const AT_A_TIME = 8;

/** How often the daemon is looked at, within the calls of each half. */
const LOOKS = 40;

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

/** The median of each of these numbers. */
function medianOf(looks: readonly Look[]): Look {
  const of = (key: keyof Look) =>
    looks.map((look) => look[key]).sort((a, b) => a - b)[looks.length >> 1]!;
  return {
    rssKib: of("rssKib"),
    files: of("files"),
    children: of("children"),
    zombies: of("zombies"),
  };
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
    const looks: { readonly calls: number; readonly look: Look }[] = [];
    let calls = 0;
    const start = performance.now();
    await Promise.all(sandboxes.map(async (sandbox) => {
      for (let round = 0; calls < CALLS; round++) {
        if (round % 5 === 0) {
          const { status, stdout } = await chain.add(sandbox);
          assertEquals(status, 0, stdout);
          await chain.del(sandbox);
          calls += 6;
        } else {
          calls += await live(resident, config, sandbox);
        }
        if (calls * LOOKS >= looks.length * CALLS) {
          looks.push({ calls, look: lookAt(pid) });
        }
      }
    }));
    const seconds = (performance.now() - start) / 1000;
    const window = (from: number, to: number) =>
      medianOf(
        looks.filter(({ calls }) =>
          calls >= from * CALLS && calls <= to * CALLS
        )
          .map(({ look }) => look),
      );
    const [half, end] = [window(0.5, 0.65), window(0.85, 2)];
    console.log(
      `${calls} calls in ${seconds.toFixed()} s; after half of them ` +
        `${JSON.stringify(half)}, in the end ${JSON.stringify(end)}`,
    );
    for (const key of Object.keys(MORE) as (keyof Look)[]) {
      const more = end[key] - half[key];
      assertEquals(more <= MORE[key], true, `${more} more ${key}`);
    }
    assertEquals((await resident.status()).declined, {});
    const after = await attachmentsOf(host);
    assertEquals([after.links, after.files], [before.links, before.files]);
  },
);
