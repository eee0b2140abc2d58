import { assertEquals, assertStringIncludes } from "@std/assert";
import { callOurs, makeDataDir } from "./_call.ts";
import { networkFolder } from "./disk_store.ts";
import { releaseOutside } from "./release_outside.ts";

/** A folder of files, which a DEL without a permission for it works on. */
async function delOutside(
  files: Readonly<Record<string, string>>,
  ipamOf: (path: string) => string = (path) => path,
) {
  using dataDir = makeDataDir();
  const folder = `${dataDir.path}/net1`;
  Deno.mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    Deno.writeTextFileSync(`${folder}/${name}`, text);
  }
  const real = Deno.permissions.querySync;
  // Permissions cannot be had back once they are given away.
  Deno.permissions.querySync = (asked) => {
    const isFile = asked.name === "read" || asked.name === "write";
    const state = isFile ? "prompt" : "granted";
    return { ...real.call(Deno.permissions, asked), state } as never;
  };
  try {
    const config = {
      cniVersion: "1.0.0",
      name: "net1",
      ipam: { dataDir: ipamOf(dataDir.path), ranges: "spoiled" },
    };
    const { status, stdout } = await callOurs({ command: "DEL", config });
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => name !== "lock").sort();
    return { status, stdout, left };
  } finally {
    Deno.permissions.querySync = real;
  }
}

const OWN = "c1\r\neth0";

Deno.test({
  name: "releaseOutside() frees what a DEL in a permitted folder would",
  ignore: Deno.build.os === "windows",
  fn: async (t) => {
    const cases: Record<string, [Record<string, string>, readonly string[]]> = {
      "its own, of both families": [
        { "10.0.0.2": OWN, "fd00::2": OWN, "10.0.0.3": "c2\r\neth0" },
        ["10.0.0.3"],
      ],
      "those of one interface": [
        { "10.0.0.2": OWN, "10.0.0.3": "c1\r\neth1", "10.0.0.4": "c1" },
        ["10.0.0.3", "10.0.0.4"],
      ],
      "old ones, by container alone": [
        { "10.0.0.2": "c1", "10.0.0.3": "c11", "10.0.0.4": "c1\n" },
        ["10.0.0.3"],
      ],
      "no file of another name": [
        { "last_reserved_ip.0": OWN, "10.0.0.2.bak": OWN, ".hidden": OWN },
        [".hidden", "10.0.0.2.bak", "last_reserved_ip.0"],
      ],
      "nothing": [{}, []],
    };
    for (const [why, [files, expected]] of Object.entries(cases)) {
      await t.step(why, async () => {
        assertEquals(await delOutside(files), {
          status: 0,
          stdout: "",
          left: expected,
        });
      });
    }
  },
});

Deno.test({
  name: "releaseOutside() succeeds where there is no such folder",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const { status, left } = await delOutside(
      { "10.0.0.2": OWN },
      (path) => `${path}/none; rm -rf $HOME'"`,
    );
    assertEquals([status, left], [0, ["10.0.0.2"]]);
  },
});

Deno.test({
  name: "hostLocal ADD still refuses a folder that is not permitted",
  permissions: { read: ["/tmp/cni-permitted"], write: ["/tmp/cni-permitted"] },
  fn: async () => {
    const ipam = { dataDir: "/srv/x", ranges: [[{ subnet: "10.0.0.0/24" }]] };
    const config = { cniVersion: "1.0.0", name: "net1", ipam };
    const { stdout } = await callOurs({ command: "ADD", config });
    assertStringIncludes(stdout, "STATE_DIRS=/srv/x");
  },
});

Deno.test({
  name: "releaseOutside() finds the folder of a network with a long name",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using dataDir = makeDataDir();
    const network = "n".repeat(300);
    const folder = networkFolder(dataDir.path, network);
    Deno.mkdirSync(folder);
    Deno.writeTextFileSync(`${folder}/10.0.0.2`, OWN);
    const owner = { containerId: "c1", ifname: "eth0" };
    await releaseOutside({ dataDir: dataDir.path, network, owner });
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assertEquals(left.includes("10.0.0.2"), false);
  },
});
