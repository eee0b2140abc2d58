import { assertEquals, assertThrows } from "@std/assert";
import {
  formatAddress,
  offsetAddress,
  parseAddress,
} from "../../../lib/net/mod.ts";
import { openDiskStore } from "./disk_store.ts";
import type { Reservations } from "./reservations.ts";

/** A network with enough reservations for an index: c0 to c299. */
class BigNetwork implements Disposable {
  readonly dataDir = Deno.realPathSync(Deno.makeTempDirSync());
  readonly folder = `${this.dataDir}/net1`;
  readonly index = `${this.dataDir}/.cni/net1/index`;

  /** Makes one, with its index. */
  static async make(): Promise<BigNetwork> {
    const network = new BigNetwork();
    Deno.mkdirSync(network.folder);
    for (let i = 0; i < 300; i++) network.write(addressOf(i), `c${i}`);
    await network.of("c0");
    return network;
  }

  /** Makes a file as the reference does, though without its lock. */
  write(address: string, containerId: string): void {
    const path = `${this.folder}/${address}`;
    Deno.writeTextFileSync(path, `${containerId}\r\neth0`);
  }

  use<T>(run: (reservations: Reservations) => T): Promise<T> {
    const { dataDir } = this;
    const options = { dataDir, network: "net1", create: true } as const;
    return openDiskStore(options).withLock(run);
  }

  of(containerId: string): Promise<string> {
    return this.use((reservations) => namesOf(reservations, containerId));
  }

  /** Whether the next call would believe the index. */
  async isIndexed(): Promise<boolean> {
    // Only an index can hide a file whose text was changed in place.
    const path = `${this.folder}/${addressOf(299)}`;
    const text = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, "probe\r\neth0");
    const isHidden = await this.of("probe") === "";
    Deno.writeTextFileSync(path, text);
    if (!isHidden) this.touch();
    return isHidden;
  }

  /** Lets no one believe the index any more. */
  touch(): void {
    Deno.utimeSync(this.folder, new Date(), new Date());
  }

  reserve(address: string, containerId: string): Promise<boolean> {
    const owner = { containerId, ifname: "eth0" };
    return this.use((reservations) =>
      reservations.reserve(parseAddress(address), owner)
    );
  }

  async release(address: string): Promise<void> {
    await this.use((reservations) =>
      reservations.release(parseAddress(address))
    );
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.dataDir, { recursive: true });
  }
}

function addressOf(i: number): string {
  return formatAddress(offsetAddress(parseAddress("10.1.0.2"), BigInt(i))!);
}

function namesOf(reservations: Reservations, containerId: string): string {
  return reservations.ofContainer(containerId)
    .map(({ address }) => formatAddress(address)).sort().join(" ");
}

const options = { ignore: Deno.build.os === "windows" };

Deno.test("OwnerIndex follows our own changes", options, async () => {
  using network = await BigNetwork.make();
  assertEquals(await network.isIndexed(), true);
  assertEquals(await network.reserve("10.9.0.1", "c7"), true);
  assertEquals(await network.of("c7"), "10.1.0.9 10.9.0.1");
  await network.release("10.1.0.9");
  assertEquals(await network.of("c7"), "10.9.0.1");
  await network.release("10.9.0.1");
  assertEquals([await network.of("c7"), await network.of("c8")], [
    "",
    "10.1.0.10",
  ]);
  assertEquals(await network.isIndexed(), true);
  await network.use((reservations) => {
    const owner = { containerId: "c7", ifname: "eth1" };
    reservations.reserve(parseAddress("10.9.0.2"), owner);
    assertEquals(namesOf(reservations, "c7"), "10.9.0.2");
    reservations.setLastReserved(0, parseAddress("10.9.0.2"));
  });
  assertEquals(await network.isIndexed(), true);
  assertEquals(await network.of("c7"), "10.9.0.2");
});

Deno.test("OwnerIndex is kept for large folders only", options, async () => {
  using network = await BigNetwork.make();
  for (let i = 100; i < 300; i++) {
    Deno.removeSync(`${network.folder}/${addressOf(i)}`);
  }
  assertEquals(await network.of("c7"), "10.1.0.9");
  assertEquals(await network.of("c107"), "");
  assertThrows(() => Deno.statSync(network.index), Deno.errors.NotFound);
});

Deno.test("OwnerIndex sees what others have done", options, async (t) => {
  const cases: Record<
    string,
    readonly [(network: BigNetwork) => void, id: string, held: string]
  > = {
    "another file": [
      (network) => network.write("10.9.0.1", "c7"),
      "c7",
      "10.1.0.9 10.9.0.1",
    ],
    "a file less": [
      ({ folder }) => Deno.removeSync(`${folder}/10.1.0.9`),
      "c7",
      "",
    ],
    "a file less, and again for another": [
      (network) => {
        Deno.removeSync(`${network.folder}/10.1.0.9`);
        network.write("10.1.0.9", "new");
      },
      "new",
      "10.1.0.9",
    ],
    "a file in place of one": [
      (network) => {
        network.write("tmp", "new");
        Deno.renameSync(
          `${network.folder}/tmp`,
          `${network.folder}/10.1.0.9`,
        );
      },
      "new",
      "10.1.0.9",
    ],
    "the text of its own file": [
      (network) => network.write("10.1.0.9", "other"),
      "c7",
      "",
    ],
    "the whole folder, restored": [
      ({ folder }) => {
        Deno.renameSync(folder, `${folder}.old`);
        Deno.mkdirSync(folder);
        Deno.writeTextFileSync(`${folder}/10.9.0.1`, "c7\r\neth0");
        Deno.removeSync(`${folder}.old`, { recursive: true });
      },
      "c7",
      "10.9.0.1",
    ],
  };
  for (const [why, [change, id, held]] of Object.entries(cases)) {
    await t.step(why, async () => {
      using network = await BigNetwork.make();
      assertEquals(await network.isIndexed(), true);
      change(network);
      assertEquals(await network.of(id), held);
      assertEquals(
        await network.of("c8"),
        id === "c7" && held === "10.9.0.1" ? "" : "10.1.0.10",
      );
    });
  }
});

Deno.test(
  "OwnerIndex sees a change at the very time of its own",
  options,
  async () => {
    using network = await BigNetwork.make();
    // Even a clock that stands still cannot hide it.
    const { mtime } = Deno.statSync(network.folder);
    await network.reserve("10.9.0.1", "c7");
    const stamp = Deno.statSync(network.folder).mtime;
    network.write("10.9.0.2", "c7");
    Deno.utimeSync(network.folder, new Date(), mtime!);
    assertEquals(await network.of("c7"), "10.1.0.9 10.9.0.1 10.9.0.2");
    assertEquals(stamp?.getTime() === mtime?.getTime(), false);
  },
);

Deno.test(
  "OwnerIndex sees what a person does without the lock",
  options,
  async () => {
    using network = await BigNetwork.make();
    await network.use((reservations) => {
      assertEquals(namesOf(reservations, "c7"), "10.1.0.9");
      network.write("10.9.0.1", "c7");
      const owner = { containerId: "c9", ifname: "eth1" };
      reservations.reserve(parseAddress("10.9.0.2"), owner);
      network.write("10.9.0.3", "c7");
    });
    assertEquals(await network.of("c7"), "10.1.0.9 10.9.0.1 10.9.0.3");
    await network.use((reservations) => {
      const owner = { containerId: "c9", ifname: "eth2" };
      reservations.reserve(parseAddress("10.9.0.4"), owner);
      network.write("10.9.0.5", "c7");
    });
    assertEquals(await network.of("c7"), "10.1.0.9 10.9.0.1 10.9.0.3 10.9.0.5");
  },
);

/** The folders of an index, and the entries in them, by path. */
function partsOf({ index }: BigNetwork) {
  const below = (folder: string) =>
    [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
  const shards = below(index);
  return { shards, entries: shards.flatMap(below) };
}

const INTACT_MS = 10 * 365 * 24 * 60 * 60 * 1000;

Deno.test("OwnerIndex is rebuilt when it is damaged", options, async (t) => {
  const cases: Record<string, (network: BigNetwork) => void> = {
    "without entries": (network) =>
      partsOf(network).entries.forEach((path) => Deno.removeSync(path)),
    "without one entry": (network) => {
      const { entries } = partsOf(network);
      Deno.removeSync(entries.find((path) => path.includes("/c7~"))!);
    },
    "entries of other names": (network) => {
      for (const path of partsOf(network).entries) {
        Deno.renameSync(path, path.replace("~", "~1"));
      }
    },
    "entries that are folders": (network) => {
      for (const path of partsOf(network).entries) {
        Deno.removeSync(path);
        Deno.mkdirSync(path);
      }
    },
    "without shards": (network) => {
      for (const path of partsOf(network).shards) {
        Deno.removeSync(path, { recursive: true });
      }
    },
    "shards that are files": (network) => {
      for (const path of partsOf(network).shards) {
        Deno.removeSync(path, { recursive: true });
        Deno.writeTextFileSync(path, "");
        Deno.utimeSync(path, new Date(), new Date(INTACT_MS));
      }
    },
    "all of it gone": ({ index }) =>
      Deno.removeSync(index, { recursive: true }),
  };
  for (const [why, damage] of Object.entries(cases)) {
    await t.step(why, async () => {
      using network = await BigNetwork.make();
      damage(network);
      for (let i = 0; i < 300; i++) {
        assertEquals(await network.of(`c${i}`), addressOf(i));
      }
      await network.reserve("10.9.0.1", "c7");
      assertEquals(await network.of("c7"), "10.1.0.9 10.9.0.1");
      await network.release("10.1.0.9");
      assertEquals(await network.of("c7"), "10.9.0.1");
      assertEquals(await network.isIndexed(), true);
    });
  }
});

Deno.test(
  "OwnerIndex of an earlier state is not believed",
  options,
  async () => {
    using network = await BigNetwork.make();
    const copy = `${network.index}.copy`;
    const copied = new Deno.Command("cp", { args: ["-a", network.index, copy] })
      .outputSync();
    assertEquals(copied.success, true);
    await network.reserve("10.9.0.1", "c7");
    Deno.removeSync(network.index, { recursive: true });
    Deno.renameSync(copy, network.index);
    assertEquals(await network.of("c7"), "10.1.0.9 10.9.0.1");
  },
);

Deno.test(
  "OwnerIndex knows ids that are not fit for a name",
  options,
  async () => {
    using network = await BigNetwork.make();
    const long = "c".repeat(300);
    network.write("10.9.0.1", "kept for the printer/scanner");
    network.write("10.9.0.2", long);
    network.write("10.9.0.3", "");
    assertEquals(await network.of("c7"), "10.1.0.9");
    assertEquals(await network.isIndexed(), true);
    assertEquals(await network.of(long), "10.9.0.2");
    assertEquals(await network.isIndexed(), true);
    await network.reserve("10.9.0.4", long);
    assertEquals(await network.of(long), "10.9.0.2 10.9.0.4");
    await network.release("10.9.0.2");
    await network.release("10.9.0.1");
    assertEquals(await network.of(long), "10.9.0.4");
    assertEquals(await network.isIndexed(), true);
  },
);

Deno.test("OwnerIndex is for its owner alone", options, async () => {
  using network = await BigNetwork.make();
  const mode = (path: string) => Deno.statSync(path).mode! & 0o777;
  assertEquals(mode(network.index), 0o700 & ~Deno.umask());
  assertEquals(mode(`${network.index}/0`), 0o700 & ~Deno.umask());
});

Deno.test(
  "OwnerIndex tells all, but what others changed since",
  options,
  async () => {
    using network = await BigNetwork.make();
    const ofC7 = () =>
      network.use((reservations) =>
        reservations.all(({ containerId }) => containerId === "c7")
          .map(({ address, ifname }) => `${formatAddress(address)} ${ifname}`)
      );
    const odd = { containerId: "c7", ifname: "a~b" };
    await network.use((reservations) =>
      reservations.reserve(parseAddress("10.9.0.1"), odd)
    );
    assertEquals((await ofC7()).sort(), ["10.1.0.9 eth0", "10.9.0.1 a~b"]);
    assertEquals(await network.isIndexed(), true);
    // In place, which no folder tells: the text is asked before it counts.
    Deno.writeTextFileSync(`${network.folder}/10.1.0.9`, "c8\r\neth0");
    assertEquals((await ofC7()).length, 2);
    const text = await network.use((reservations) =>
      reservations.at(parseAddress("10.1.0.9"))?.containerId
    );
    assertEquals(text, "c8");
    network.write("10.9.0.2", "c7");
    assertEquals((await ofC7()).sort(), ["10.9.0.1 a~b", "10.9.0.2 eth0"]);
  },
);

Deno.test(
  "DiskReservations marks what comes after all were marked",
  options,
  async () => {
    using network = await BigNetwork.make();
    const [one, two] = ["node.1", "node.2"];
    const collect = () =>
      network.use((reservations) => {
        reservations.ofContainer("c0");
        reservations.markUnknown([one]);
      });
    const count = () =>
      network.use((reservations) =>
        reservations.madeBefore([two], () => true).length
      );
    await collect();
    assertEquals(await count(), 300);
    const note = `${network.dataDir}/.cni/net1/boots/complete`;
    assertEquals(Deno.readTextFileSync(note), one);
    network.write("10.9.0.1", "c300");
    await collect();
    assertEquals(await count(), 301);
    // In another boot nothing is known to be marked.
    await network.use((reservations) => {
      reservations.ofContainer("c0");
      reservations.markUnknown([two]);
    });
    assertEquals(Deno.readTextFileSync(note), two);
  },
);
