import { demand, type Pool, type Stage } from "../../suite/mod.ts";
import { type KindCase, SINCE_0_4_0, SINCE_1_1_0 } from "../shared/mod.ts";
import { addClient, type Client, demandDistinct, type Lease } from "./lease.ts";

const LIFECYCLE = 'CNI 1.1.0, section 3, "Lifecycle & Ordering"';
const DEL = 'CNI 1.1.0, section 2, "DEL"';

/** Cases about a pool of addresses that is shared among containers. */
export const POOL_CASES: readonly KindCase[] = [
  {
    id: "ipam/no-duplicates",
    clause: {
      section: LIFECYCLE,
      level: "MUST",
      requirement: "No two containers have one address at the same time",
    },
    unless: hasNoPool,
    run: async (stage) => {
      const { pool, client } = await addPool(stage);
      demandDistinct(await drain(client, pool.size));
    },
  },
  {
    id: "ipam/concurrent",
    clause: {
      section: LIFECYCLE,
      level: "MUST",
      requirement:
        "Eight containers that ask at the same time get different addresses",
    },
    unless: hasNoPool,
    run: async (stage) => {
      const client = await addClient(stage);
      const names = Array.from({ length: 8 }, (_, at) => `at-once-${at}`);
      const leases = await Promise.all(names.map((name) => client.take(name)));
      demandDistinct(leases);
      await Promise.all(leases.map((lease) => lease.release()));
    },
  },
  {
    id: "ipam/reserved-kept",
    clause: {
      section: 'CNI 1.1.0, section 5, "ADD Success"',
      level: "SHOULD",
      requirement:
        "The gateway's address, the network's own and its broadcast are given to no container",
    },
    unless: hasNoPool,
    run: async (stage) => {
      const { pool, client } = await addPool(stage);
      for (const { addresses } of await drain(client, pool.size)) {
        const reserved = addresses.find((one) => pool.reserved.includes(one));
        demand(reserved === undefined, `A container got ${reserved}`);
      }
    },
  },
  {
    id: "ipam/exhausted",
    clause: {
      section: 'CNI 1.1.0, section 2, "Errors"',
      level: "MUST",
      requirement: "ADD fails when no address is left",
    },
    unless: hasNoPool,
    run: async (stage) => {
      const { pool, client } = await addPool(stage);
      await drain(client, pool.size);
      await client.mustNotTake("too-many");
    },
  },
  {
    id: "ipam/exhausted-leaks-nothing",
    clause: {
      section: 'CNI 1.1.0, section 2, "ADD"',
      level: "SHOULD",
      requirement:
        "An ADD that fails takes no address: one that is freed goes to the next container, and only to that",
    },
    unless: hasNoPool,
    run: async (stage) => {
      const { pool, client } = await addPool(stage);
      const leases = await drain(client, pool.size);
      await client.mustNotTake("too-many");
      await leases.at(-1)?.release();
      const last = await client.take("last");
      demandDistinct([...leases.slice(0, -1), last]);
      await client.mustNotTake("one-more");
    },
  },
  {
    id: "ipam/release",
    clause: {
      section: DEL,
      level: "SHOULD",
      requirement: "DEL frees the address for other containers",
    },
    unless: hasNoPool,
    run: async (stage) => {
      const { pool, client } = await addPool(stage);
      const leases = await drain(client, pool.size);
      const freed = leases[1] ?? leases[0]!;
      await freed.release();
      const { addresses } = await client.take("next");
      demand(
        addresses.join() === freed.addresses.join(),
        `The next container got ${addresses}, not the freed ${freed.addresses}`,
      );
    },
  },
  {
    id: "ipam/release-without-netns",
    clause: {
      section: DEL,
      level: "SHOULD",
      requirement:
        "DEL frees the address and succeeds though the container's namespace is gone",
    },
    unless: hasNoPool,
    run: async (stage) => {
      const { pool, client } = await addPool(stage);
      const [first] = await drain(client, pool.size);
      await client.sandbox.remove();
      await first!.release();
      const other = await stage.addSandbox();
      const { addresses } = await client.take("next", { netns: other.path });
      demand(
        addresses.join() === first!.addresses.join(),
        `The next container got ${addresses}, not ${first!.addresses}`,
      );
    },
  },
  {
    id: "ipam/second-del",
    clause: {
      section: DEL,
      level: "MUST",
      requirement:
        "A second DEL succeeds and frees nothing that another container has got meanwhile",
    },
    unless: hasNoPool,
    run: async (stage) => {
      const { pool, client } = await addPool(stage);
      const leases = await drain(client, pool.size);
      await leases[0]!.release();
      await client.take("next");
      await leases[0]!.release();
      await client.mustNotTake("too-many");
    },
  },
  {
    id: "ipam/attachments-apart",
    clause: {
      section: 'CNI 1.1.0, section 3, "Execution of Network Configurations"',
      level: "SHOULD",
      requirement:
        "Two interfaces of one container have addresses of their own, and DEL of one keeps that of the other",
    },
    unless: hasNoPool,
    run: async (stage) => {
      const { pool, client } = await addPool(stage);
      const first = await client.take("a");
      const second = await client.take("a", { ifname: "second1" });
      demandDistinct([first, second]);
      await first.release();
      const rest = await drain(client, pool.size - 1);
      demandDistinct([second, ...rest]);
    },
  },
  {
    id: "ipam/check-reservation",
    promise: "check-address",
    clause: {
      section: 'CNI 1.1.0, section 2, "CHECK"',
      level: "SHOULD",
      requirement: "CHECK fails if the reservation is gone",
      versions: SINCE_0_4_0,
    },
    unless: hasNoPool,
    run: async (stage) => {
      const client = await addClient(stage);
      const { result, later, release } = await client.take("a");
      const stdin = stage.config({ prevResult: result });
      const options = { ...later, stdin };
      await stage.mustCall("CHECK", client.sandbox, options);
      await release();
      await stage.mustFail("CHECK", client.sandbox, options);
    },
  },
  {
    id: "ipam/gc",
    promise: "gc",
    clause: {
      section: 'CNI 1.1.0, section 2, "GC"',
      level: "SHOULD",
      requirement:
        "GC frees the addresses of attachments that are not listed, and keeps those of listed ones",
      versions: SINCE_1_1_0,
    },
    unless: hasNoPool,
    run: async (stage) => {
      const { pool, client } = await addPool(stage);
      const [kept] = await drain(client, pool.size);
      const valid = {
        containerID: client.idOf("0"),
        ifname: client.sandbox.ifname,
      };
      const stdin = stage.config({
        ...pool.config,
        "cni.dev/valid-attachments": [valid],
      });
      await stage.mustCall("GC", undefined, { stdin });
      const rest = await drain(client, pool.size - 1, "after-gc");
      demandDistinct([kept!, ...rest]);
      await client.mustNotTake("too-many");
    },
  },
  {
    id: "ipam/status-exhausted",
    promise: "status",
    clause: {
      section: 'CNI 1.1.0, section 2, "STATUS"',
      level: "SHOULD",
      requirement:
        "STATUS fails when no address is left, and succeeds while there is one",
      versions: SINCE_1_1_0,
    },
    unless: hasNoPool,
    run: async (stage) => {
      const { pool, client } = await addPool(stage);
      const stdin = stage.config(pool.config);
      const [first] = await drain(client, pool.size);
      await stage.mustFail("STATUS", undefined, { stdin });
      await first!.release();
      await stage.mustCall("STATUS", undefined, { stdin });
    },
  },
];

function hasNoPool({ pool }: { readonly pool?: Pool }): string | undefined {
  return pool === undefined ? "it chooses no addresses" : undefined;
}

async function addPool(
  stage: Stage,
): Promise<{ readonly pool: Pool; readonly client: Client }> {
  const { pool } = stage.subject.profile!;
  return { pool: pool!, client: await addClient(stage, pool!.config) };
}

/** Takes so many addresses, one after the other, for containers 0, 1, 2. */
async function drain(
  client: Client,
  count: number,
  prefix = "",
): Promise<readonly Lease[]> {
  const leases: Lease[] = [];
  while (leases.length < count) {
    leases.push(await client.take(`${prefix}${leases.length}`));
  }
  return leases;
}
