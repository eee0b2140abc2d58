import { assertEquals, assertThrows } from "@std/assert";
import { formatAddress, parseAddress } from "../../../lib/net/mod.ts";
import { CniError } from "../../../lib/spec/mod.ts";
import { openDiskStore } from "./disk_store.ts";
import { type Reservations, reservationsOf } from "./reservations.ts";

const OWNER = { containerId: "c1", ifname: "eth0" };

/** Runs a test on the reservations of a new network, and on its folder. */
async function withStore(
  run: (reservations: Reservations, folder: string) => void,
): Promise<void> {
  const dataDir = Deno.realPathSync(Deno.makeTempDirSync());
  const options = { dataDir, network: "net1", create: true } as const;
  await openDiskStore(options).withLock((reservations) =>
    run(reservations, `${dataDir}/net1`)
  );
  Deno.removeSync(dataDir, { recursive: true });
}

function namesIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("openDiskStore() makes a folder only when told", () => {
  const dataDir = Deno.realPathSync(Deno.makeTempDirSync());
  assertEquals(openDiskStore({ dataDir, network: "net1" }), undefined);
  assertEquals(namesIn(dataDir), []);
  Deno.removeSync(dataDir);
});

Deno.test({
  name: "openDiskStore() keeps the files of the reference, byte by byte",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withStore((reservations, folder) => {
      reservations.reserve(parseAddress("10.0.0.2"), OWNER);
      reservations.reserve(parseAddress("2001:DB8::2"), OWNER);
      reservations.setLastReserved(0, parseAddress("10.0.0.2"));
      reservations.setLastReserved(1, parseAddress("2001:DB8::2"));
      const texts: Record<string, string> = {
        "10.0.0.2": "c1\r\neth0",
        "2001:db8::2": "c1\r\neth0",
        "last_reserved_ip.0": "10.0.0.2",
        "last_reserved_ip.1": "2001:db8::2",
        "lock": "",
      };
      assertEquals(namesIn(folder), Object.keys(texts));
      const umask = Deno.umask();
      for (const [name, text] of Object.entries(texts)) {
        const path = `${folder}/${name}`;
        assertEquals(Deno.readTextFileSync(path), text);
        const mode = name === "lock" ? 0o750 : 0o600;
        assertEquals(Deno.statSync(path).mode! & 0o777, mode & ~umask);
      }
      assertEquals(Deno.statSync(folder).mode! & 0o777, 0o755 & ~umask);
    }),
});

Deno.test("openDiskStore() takes addresses for reservations, nothing else", () =>
  withStore((reservations, folder) => {
    const owned = ["10.0.0.2", "10.0.0.3.bak", "lock2", "010.0.0.4", "cafe"];
    for (const name of [...owned, "last_reserved_ip.0"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "c1\r\neth0");
    }
    Deno.mkdirSync(`${folder}/10.0.0.5`);
    Deno.symlinkSync(`${folder}/10.0.0.2`, `${folder}/10.0.0.6`);
    const found = reservations.ofContainer("c1");
    assertEquals(found.map(({ address }) => formatAddress(address)), [
      "10.0.0.2",
    ]);
    // Whatever bears an address's name is in the way of reserving it.
    for (const text of ["10.0.0.2", "10.0.0.5", "10.0.0.6"]) {
      assertEquals(reservations.isTaken(parseAddress(text)), true);
      assertEquals(reservations.reserve(parseAddress(text), OWNER), false);
    }
    assertEquals(reservations.isTaken(parseAddress("10.0.0.3")), false);
  }));

Deno.test("openDiskStore() knows old files by container alone", () =>
  withStore((reservations, folder) => {
    Deno.writeTextFileSync(`${folder}/10.0.0.2`, "c1");
    Deno.writeTextFileSync(`${folder}/10.0.0.3`, "c1\r\neth1");
    Deno.writeTextFileSync(`${folder}/10.0.0.4`, "c11");
    Deno.writeTextFileSync(`${folder}/10.0.0.5`, "");
    const addressesOf = (ifname: string) =>
      reservationsOf(reservations, { containerId: "c1", ifname })
        .map(({ address }) => formatAddress(address));
    assertEquals(addressesOf("eth0"), ["10.0.0.2"]);
    assertEquals(addressesOf("eth1"), ["10.0.0.3"]);
  }));

Deno.test("openDiskStore() forgets a hint that is no address", () =>
  withStore((reservations, folder) => {
    assertEquals(reservations.lastReserved(0), undefined);
    for (const text of ["", "10.0.0.2\n", "x"]) {
      Deno.writeTextFileSync(`${folder}/last_reserved_ip.0`, text);
      assertEquals(reservations.lastReserved(0), undefined);
    }
  }));

Deno.test("openDiskStore() refuses a network whose folder is a link", () => {
  const dataDir = Deno.realPathSync(Deno.makeTempDirSync());
  Deno.mkdirSync(`${dataDir}/real`);
  Deno.symlinkSync("real", `${dataDir}/net1`);
  const open = () => openDiskStore({ dataDir, network: "net1", create: true });
  assertThrows(open, CniError, "ipam.dataDir");
  Deno.removeSync(dataDir, { recursive: true });
});
