import { assert, assertEquals } from "@std/assert";
import {
  type Any,
  BIN,
  type Host,
  kernelTest,
  mustCall,
  REFERENCE_BIN,
} from "./_harness.ts";
import {
  addShaped,
  ifbsOf,
  type ShapedSandbox,
  shapingOf,
} from "./_shaping.ts";

const REFERENCE = { needs: [`${REFERENCE_BIN}/bandwidth`, "tc"] };

/** Limits that both must set alike, by rate and burst in bits. */
const LIMITS: Record<string, readonly [rate: number, burst: number]> = {
  "an odd rate": [123456789, 1e6],
  "a megabit": [1e6, 1e5],
  "ten megabits, as much at once": [1e7, 1e7],
  "a gigabit": [1e9, 1e8],
  "a burst of odd bytes": [1e9, 8 * 123_457],
  "ten gigabits": [1e10, 8 * 1_234_567],
  "a hundred gigabits, in 64 bits": [1e11, 1e9],
  "what a runtime means by no burst": [1e7, 2 ** 31 - 1],
};

kernelTest("bandwidth: does what the reference does", async (host, t) => {
  for (const [why, [rate, burst]] of Object.entries(LIMITS)) {
    const keys = { ingressRate: rate, ingressBurst: burst };
    const more = { egressRate: rate, egressBurst: burst };
    const cases = [keys, more, { ...keys, ...more }];
    for (const [index, limits] of cases.entries()) {
      await t.step(`${why}, ${["in", "out", "both"][index]}`, async () => {
        const sandbox = await addShaped(host, { mtuBytes: 1400 });
        const ours = await outcome(host, sandbox, { limits, bin: BIN });
        const theirs = await outcome(host, sandbox, {
          limits,
          bin: REFERENCE_BIN,
        });
        assertEquals(ours, theirs);
      });
    }
  }
}, REFERENCE);

kernelTest(
  "bandwidth: a burst that the reference cuts is at most a microsecond longer",
  async (host) => {
    // Where a byte takes longer than a tick, tc cannot name the cut burst.
    const limits = { ingressRate: 8 * 1001, ingressBurst: 8 * 20_000 };
    const sandbox = await addShaped(host);
    const [ours, theirs] = [
      await outcome(host, sandbox, { limits, bin: BIN }),
      await outcome(host, sandbox, { limits, bin: REFERENCE_BIN }),
    ].map(({ shaping }) => {
      const { qdiscs } = shaping[sandbox.hostName];
      const { burst_raw, ...options } = qdiscs[0].options;
      return { ticks: parseInt(burst_raw, 16), limit: options.limit };
    });
    assertEquals(ours!.limit, theirs!.limit);
    const more = ours!.ticks - theirs!.ticks;
    assert(more >= 0 && more <= 16, `${more} ticks of 64 ns`);
  },
  REFERENCE,
);

const DIRECTIONS = {
  "ADD by ours, DEL by the reference": [BIN, REFERENCE_BIN],
  "ADD by the reference, DEL by ours": [REFERENCE_BIN, BIN],
} as const;

for (const [why, [adder, remover]] of Object.entries(DIRECTIONS)) {
  kernelTest(`bandwidth: nothing is left over: ${why}`, async (host) => {
    const sandbox = await addShaped(host);
    const config = configFor(sandbox, { egressRate: 8e6, egressBurst: 8e5 });
    const add = { config, sandbox, bin: adder };
    const prevResult = await mustCall(host, "bandwidth", add);
    const check = { command: "CHECK", config: { ...config, prevResult } };
    for (const bin of [adder, remover]) {
      await mustCall(host, "bandwidth", { ...check, sandbox, bin });
    }
    const del = { command: "DEL", config, sandbox, bin: remover };
    await mustCall(host, "bandwidth", del);
    assertEquals(await ifbsOf(host), []);
    // The reference leaves the pair's disciplines: they go with the pair.
    if (remover === BIN) assertEquals(await shapingOf(host), {});
    const again = { config, sandbox, bin: BIN };
    await mustCall(host, "bandwidth", again);
    await mustCall(host, "bandwidth", { ...again, command: "DEL" });
    assertEquals(await shapingOf(host), {});
  }, REFERENCE);
}

function configFor({ prevResult }: ShapedSandbox, keys: object): Any {
  const base = { cniVersion: "1.0.0", name: "bw-net", type: "bandwidth" };
  return { ...base, ...keys, prevResult };
}

/** All that can be seen of an ADD; what it has made is removed again. */
async function outcome(
  host: Host,
  sandbox: ShapedSandbox,
  { limits, bin }: { readonly limits: object; readonly bin: string },
): Promise<Any> {
  const config = configFor(sandbox, limits);
  const result = await mustCall(host, "bandwidth", { config, sandbox, bin });
  const seen = { shaping: await shapingOf(host), ifbs: await ifbsOf(host) };
  // Either's CHECK must be content with it.
  for (const checker of [BIN, REFERENCE_BIN]) {
    if (checker === REFERENCE_BIN && isCutBurst(limits)) continue;
    const full = { ...config, prevResult: result };
    const check = { command: "CHECK", config: full, sandbox, bin: checker };
    await mustCall(host, "bandwidth", check);
  }
  const del = { command: "DEL", config, sandbox, bin: BIN };
  await mustCall(host, "bandwidth", del);
  assertEquals((await shapingOf(host))[sandbox.hostName], undefined);
  return { ...seen, result: withoutMac(result) };
}

function isCutBurst(limits: object): boolean {
  return Object.values(limits).includes(8 * 1001);
}

/** The kernel chooses the reference's address, and we ours. */
function withoutMac({ dns: _, ...result }: Any): Any {
  const interfaces = result.interfaces.map((
    { mac, ...rest }: Any,
  ) => ({ ...rest, hasMac: mac !== undefined }));
  return { ...result, interfaces };
}
