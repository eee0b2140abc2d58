import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Address,
  formatAddress,
  formatCidr,
  parseAddress,
} from "../../../lib/net/mod.ts";
import { CniCode, CniError, type Json } from "../../../lib/spec/mod.ts";
import { allocate } from "./allocate.ts";
import { openDiskStore } from "./disk_store.ts";
import { MemoryReservations } from "./memory_reservations.ts";
import { rangeSetsOf } from "./_range_sets.ts";
import { type Reservations, reservationsOf } from "./reservations.ts";

const SMALL: Json = [{ subnet: "10.0.0.0/29" }];
const V6: Json = [{ subnet: "fd00::/126" }];

/** A network whose containers come and go, told by short names. */
class Network {
  constructor(
    readonly reservations: Reservations,
    readonly ranges: Json = [SMALL],
  ) {}

  /** The addresses that container `id` gets, as text. */
  add(id: string, ...requested: (string | undefined)[]): string {
    const sets = rangeSetsOf(this.ranges);
    const owner = { containerId: id, ifname: "eth0" };
    const addresses = sets.map((_set, index) => {
      const text = requested[index];
      return text === undefined ? undefined : parseAddress(text);
    });
    const wanted = { owner, sets, requested: addresses };
    return allocate(this.reservations, wanted)
      .map(({ cidr }) => formatCidr(cidr)).join(" ");
  }

  /** Frees all that container `id` has. */
  del(id: string): void {
    for (const { address } of this.#reservationsOf(id)) {
      this.reservations.release(address);
    }
  }

  /** What is reserved for container `id`, as text. */
  held(id: string): string {
    return this.#reservationsOf(id).map(({ address }) => formatAddress(address))
      .sort().join(" ");
  }

  #reservationsOf(id: string) {
    const owner = { containerId: id, ifname: "eth0" };
    return reservationsOf(this.reservations, owner);
  }

  withRanges(...ranges: Json[]): Network {
    return new Network(this.reservations, ranges);
  }
}

type Run = (network: Network) => void;

/** What must hold for every kind of store. */
const SUITE: Record<string, Run> = {
  "takes addresses in turn and leaves the gateway out": (network) => {
    const ids = ["a", "b", "c", "d", "e"];
    assertEquals(ids.map((id) => network.add(id)), [
      "10.0.0.2/29",
      "10.0.0.3/29",
      "10.0.0.4/29",
      "10.0.0.5/29",
      "10.0.0.6/29",
    ]);
  },
  "lets a freed address rest until its turn comes": (network) => {
    for (const id of ["a", "b"]) network.add(id);
    network.del("a");
    assertEquals(
      ["c", "d", "e", "f"].map((id) => network.add(id)),
      ["10.0.0.4/29", "10.0.0.5/29", "10.0.0.6/29", "10.0.0.2/29"],
    );
  },
  "takes the address given out last when no other is free": (network) => {
    for (const id of ["a", "b", "c", "d", "e"]) network.add(id);
    network.del("e");
    assertEquals(network.add("f"), "10.0.0.6/29");
  },
  "takes one of each set": (network) => {
    const dual = network.withRanges(SMALL, V6);
    assertEquals(dual.add("a"), "10.0.0.2/29 fd00::2/126");
    assertEquals(dual.add("b"), "10.0.0.3/29 fd00::3/126");
  },
  "goes from range to range": (network) => {
    const split = network.withRanges([
      { subnet: "10.0.0.0/24", rangeEnd: "10.0.0.2" },
      { subnet: "10.0.0.0/24", rangeStart: "10.0.0.9", rangeEnd: "10.0.0.9" },
    ]);
    assertEquals([split.add("a"), split.add("b")], [
      "10.0.0.2/24",
      "10.0.0.9/24",
    ]);
    network.del("a");
    assertEquals(split.add("c"), "10.0.0.2/24");
  },
  "gives no range's gateway to another": (network) => {
    const split = network.withRanges(
      [
        { subnet: "10.0.0.0/24", rangeEnd: "10.0.0.3", gateway: "10.0.0.9" },
        { subnet: "10.0.0.0/24", rangeStart: "10.0.0.9", gateway: "10.0.0.1" },
      ],
      [{ subnet: "10.1.0.0/24", gateway: "10.0.0.2" }],
    );
    assertEquals(split.add("a"), "10.0.0.3/24 10.1.0.1/24");
    assertEquals(split.add("b"), "10.0.0.10/24 10.1.0.2/24");
  },
  "counts IPv6 right where its number is small": (network) => {
    const low = network.withRanges([{ subnet: "::100:0/120" }]);
    assertEquals([low.add("a"), low.add("b")], [
      "::100:2/120",
      "::100:3/120",
    ]);
  },
  "takes a requested address, out of turn": (network) => {
    assertEquals(network.add("a", "10.0.0.5"), "10.0.0.5/29");
    assertEquals(network.add("b"), "10.0.0.2/29");
  },
  "refuses a requested address that is taken": (network) => {
    network.add("a");
    const fragment = "10.0.0.2 is not available in range set: " +
      "10.0.0.1-10.0.0.6";
    const add = () => network.add("b", "10.0.0.2");
    const error = assertThrows(add, CniError, fragment);
    assertEquals(error.code, CniCode.Internal);
    assertStringIncludes(error.details, network.reservations.place);
    assertEquals(network.held("a"), "10.0.0.2");
  },
  "refuses a requested gateway": (network) => {
    const add = () => network.add("a", "10.0.0.1");
    const error = assertThrows(add, CniError, "10.0.0.1 is a gateway");
    assertEquals(error.code, CniCode.InvalidConfig);
  },
  "says what is full, where, and what would help": (network) => {
    for (const id of ["a", "b", "c", "d", "e"]) network.add(id);
    const fragment = "no IP addresses available in range set: " +
      "10.0.0.1-10.0.0.6";
    const error = assertThrows(() => network.add("f"), CniError, fragment);
    assertEquals(error.code, CniCode.Internal);
    assertStringIncludes(error.details, "all 5 addresses of ipam.ranges[0]");
    assertStringIncludes(error.details, network.reservations.place);
    assertStringIncludes(error.details, "make the range larger");
  },
  "says when a range is its gateway alone": (network) => {
    const range = { subnet: "10.0.0.0/24", rangeEnd: "10.0.0.1" };
    const add = () => network.withRanges([range]).add("a");
    assertStringIncludes(assertThrows(add, CniError).details, "but gateways");
  },
  "refuses a second address for one interface": (network) => {
    network.add("a");
    const fragment = "duplicate allocation is not allowed";
    const error = assertThrows(() => network.add("a"), CniError, fragment);
    assertStringIncludes(error.details, "10.0.0.2");
    assertThrows(() => network.add("a", "10.0.0.5"), CniError, fragment);
    assertEquals(network.held("a"), "10.0.0.2");
  },
  "gives another address in other ranges": (network) => {
    network.add("a");
    assertEquals(network.withRanges(V6).add("a"), "fd00::2/126");
  },
  "leaves what it did not take when a later set fails": (network) => {
    network.withRanges(V6).add("a");
    // The first set would do; the second has an address of "a" already.
    const dual = network.withRanges(SMALL, V6);
    assertThrows(() => dual.add("a", "10.0.0.5"), CniError, "duplicate");
    assertEquals(network.held("a"), "fd00::2");
  },
  "frees what it took, and keeps the turn, when a later set fails": (
    network,
  ) => {
    const dual = network.withRanges(SMALL, V6);
    for (const id of ["a", "b"]) dual.add(id);
    assertThrows(() => dual.add("c"), CniError, "fd00::1-fd00::3");
    assertEquals(network.held("c"), "");
    assertEquals(network.add("c"), "10.0.0.4/29");
  },
};

Deno.test("allocate() in memory", async (t) => {
  for (const [why, run] of Object.entries(SUITE)) {
    await t.step(why, () => run(new Network(new MemoryReservations())));
  }
});

Deno.test("allocate() on the disk", async (t) => {
  for (const [why, run] of Object.entries(SUITE)) {
    await t.step(why, async () => {
      const dataDir = Deno.realPathSync(Deno.makeTempDirSync());
      const options = { dataDir, network: "net1", create: true } as const;
      await openDiskStore(options).withLock((reservations) =>
        run(new Network(reservations))
      );
      Deno.removeSync(dataDir, { recursive: true });
    });
  }
});

Deno.test("allocate() says what it could not free", () => {
  const reservations = new class extends MemoryReservations {
    override release(address: Address): void {
      const text = formatAddress(address);
      if (text === "10.0.0.4") throw new Error(`${text} is stuck`);
      super.release(address);
    }
  }();
  const dual = new Network(reservations, [SMALL, V6]);
  for (const id of ["a", "b"]) dual.add(id);
  const error = assertThrows(() => dual.add("c"), CniError, "no IP addresses");
  assertEquals(error.code, CniCode.Internal);
  assertStringIncludes(error.details, "10.0.0.4 is stuck");
});
