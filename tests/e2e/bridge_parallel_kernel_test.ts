import { assert, assertEquals } from "@std/assert";
import {
  addressesIn,
  attachmentsOf,
  bridgeConfig,
  hostLocal,
  kernelTest,
  linkIn,
  mustCall,
  REFERENCE_BIN,
  type Sandbox,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";

/** How many calls are under way at a time. */
const WIDTH = 8;

const NEEDS = ["iptables", "ip6tables"];

kernelTest(
  "bridge: 50 ADDs at a time share no address, 50 DELs leave nothing",
  async (host) => {
    const before = await attachmentsOf(host);
    const config = bridgeConfig(host, {
      isDefaultGateway: true,
      ipMasq: true,
      ipam: hostLocal(host, [SUBNET4, SUBNET6]),
    });
    const sandboxes = await addSandboxes(() => host.addSandbox(), 50);
    // The first ones also race to make the bridge and give it its addresses.
    const results = await inParallel(
      sandboxes,
      (sandbox) => mustCall(host, "bridge", { config, sandbox }),
    );
    const addresses = results.flatMap(addressesIn);
    assertEquals(new Set(addresses).size, 100);
    const bridges = results.map(({ interfaces }) => interfaces[0].mac);
    assertEquals(new Set(bridges).size, 1);
    const { addr_info } = await linkIn(host, host.bridge);
    assertEquals(
      addr_info.filter(({ scope }: { scope: string }) => scope === "global")
        .map(({ local }: { local: string }) => local),
      ["10.213.0.1", "fd00:213::1"],
    );
    await inParallel(
      sandboxes,
      (sandbox) =>
        mustCall(host, "bridge", { command: "DEL", config, sandbox }),
    );
    assertEquals(await attachmentsOf(host), before);
  },
  { needs: NEEDS },
);

kernelTest(
  "bridge: ADDs and DELs of ours and of the reference mix",
  async (host) => {
    const before = await attachmentsOf(host);
    const config = bridgeConfig(host, { isDefaultGateway: true, ipMasq: true });
    const sandboxes = await addSandboxes(() => host.addSandbox(), 16);
    const bin = (index: number) => index % 2 ? { bin: REFERENCE_BIN } : {};
    const call = async (sandbox: Sandbox, index: number) => {
      const add = { config, sandbox, ...bin(index) };
      const result = await mustCall(host, "bridge", add);
      if (index % 4 > 1) return [];
      return addressesIn(result);
    };
    const kept = (await inParallel(sandboxes, call)).flat();
    assertEquals(new Set(kept).size, kept.length);
    await inParallel(sandboxes, (sandbox, index) =>
      mustCall(host, "bridge", {
        command: "DEL",
        config,
        sandbox,
        ...bin(index + 1),
      }));
    assertEquals(await attachmentsOf(host), before);
  },
  { needs: [...NEEDS, `${REFERENCE_BIN}/bridge`] },
);

kernelTest(
  "bridge: ADDs that fail do not harm those that succeed beside them",
  async (host) => {
    const good = bridgeConfig(host, { isDefaultGateway: true, ipMasq: true });
    const routes = [{ dst: "10.1.0.0/16", gw: "172.31.0.1" }];
    const bad = { ...good, ipam: hostLocal(host, [SUBNET4], { routes }) };
    const sandboxes = await addSandboxes(() => host.addSandbox(), 16);
    const ends = await inParallel(sandboxes, async (sandbox, index) => {
      const isGood = index % 2 === 0;
      const call = { config: isGood ? good : bad, sandbox };
      const end = mustCall(host, "bridge", call);
      const isAdded = await end.then(() => true, () => false);
      assertEquals(isAdded, isGood);
      return isGood ? [sandbox] : [];
    });
    for (const sandbox of ends.flat()) {
      const { operstate } = await linkIn(sandbox, "eth0");
      assertEquals(operstate, "UP");
    }
    const { files } = await attachmentsOf(host);
    assertEquals(Object.keys(files).length, ends.flat().length);
    assert((await linkIn(host, host.bridge)).flags.includes("UP"));
  },
  { needs: NEEDS },
);

async function addSandboxes(
  add: () => Promise<Sandbox>,
  count: number,
): Promise<readonly Sandbox[]> {
  const sandboxes: Sandbox[] = [];
  while (sandboxes.length < count) sandboxes.push(await add());
  return sandboxes;
}

/** Does something for each item, a few at a time; results in order. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await act(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
  return results;
}
