import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Reply } from "../../../lib/plugin/mod.ts";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import { callOurs, filesBelow, makeDataDir, type TestCall } from "./_call.ts";
import { callReference, sharingTest } from "./_reference.ts";

type Caller = (call: TestCall) => Promise<Reply>;

function configOf(dataDir: string, ipam: JsonObject = {}): JsonObject {
  const ranges = [
    [{ subnet: "10.0.0.0/24" }],
    [{ subnet: "2001:db8:0:0:1::/80" }],
  ];
  const cniVersion = "1.0.0";
  const type = "host-local";
  return { cniVersion, name: "net1", ipam: { type, dataDir, ranges, ...ipam } };
}

/** The addresses of an ADD that must succeed. */
async function add(
  caller: Caller,
  call: Omit<TestCall, "command">,
): Promise<readonly string[]> {
  const { status, stdout } = await caller({ ...call, command: "ADD" });
  assertEquals(status, 0, stdout);
  const { ips } = JSON.parse(stdout) as { ips: { address: string }[] };
  return ips.map(({ address }) => address);
}

async function run(caller: Caller, call: TestCall): Promise<void> {
  const { status, stdout } = await caller(call);
  assertEquals([status, stdout], [0, ""]);
}

sharingTest("hostLocal writes the files of the reference", async (dataDir) => {
  using other = makeDataDir();
  await add(callOurs, { config: configOf(dataDir) });
  await add(callReference, { config: configOf(other.path) });
  assertEquals(filesBelow(dataDir), filesBelow(other.path));
  assertEquals(Object.keys(filesBelow(dataDir)).length, 5);
});

sharingTest("hostLocal prints the result of the reference", async (dataDir) => {
  using other = makeDataDir();
  for (const cniVersion of ["0.2.0", "0.3.1", "0.4.0", "1.0.0"]) {
    const containerId = `c${cniVersion}`;
    const routes = [{ dst: "10.9.0.0/16", gw: "10.0.0.9" }, { dst: "::/0" }];
    const resultOf = async (caller: Caller, folder: string) => {
      const config = { ...configOf(folder, { routes }), cniVersion };
      const { stdout } = await caller({ command: "ADD", config, containerId });
      return JSON.parse(stdout);
    };
    const ours = await resultOf(callOurs, dataDir);
    const theirs = await resultOf(callReference, other.path);
    // From 1.0.0 on, newer versions of the reference leave an empty one out.
    delete theirs.dns;
    delete ours.dns;
    assertEquals(ours, theirs);
  }
});

sharingTest("hostLocal and the reference undo each other", async (dataDir) => {
  const config = configOf(dataDir);
  const pairs = [[callOurs, callReference], [callReference, callOurs]] as const;
  for (const [adder, remover] of pairs) {
    await add(adder, { config });
    await run(remover, { command: "CHECK", config });
    const second = await remover({ command: "ADD", config });
    assertMatch(second.stdout, /duplicate allocation is not allowed/);
    await run(remover, { command: "DEL", config });
    assertEquals(Object.keys(filesBelow(dataDir)).sort(), [
      "net1/last_reserved_ip.0",
      "net1/last_reserved_ip.1",
      "net1/lock",
    ]);
  }
});

sharingTest("hostLocal and the reference take turns", async (dataDir) => {
  const config = configOf(dataDir);
  const found: string[] = [];
  for (let i = 0; i < 6; i++) {
    const caller = i % 2 === 0 ? callOurs : callReference;
    found.push(...await add(caller, { config, containerId: `c${i}` }));
  }
  const expected = Array.from(found, (_address, i) => {
    const host = 2 + Math.floor(i / 2);
    return i % 2 === 0 ? `10.0.0.${host}/24` : `2001:db8::1:0:0:${host}/80`;
  });
  assertEquals(found, expected);
});

sharingTest(
  "hostLocal meets the reference in a full range",
  async (dataDir) => {
    const ranges = [[{ subnet: "10.0.0.0/30" }]];
    const config = configOf(dataDir, { ranges });
    await add(callReference, { config });
    const full =
      /no IP addresses available in range set: 10\.0\.0\.1-10\.0\.0\.2/;
    for (const caller of [callOurs, callReference]) {
      const call = { command: "ADD", config, containerId: "c2" } as const;
      assertMatch((await caller(call)).stdout, full);
    }
    await run(callOurs, { command: "DEL", config });
    assertEquals(await add(callOurs, { config }), ["10.0.0.2/30"]);
  },
);

sharingTest("hostLocal waits for whoever holds the lock", async (dataDir) => {
  const config = configOf(dataDir);
  await add(callOurs, { config });
  // The same kind of lock as the reference takes, from another process.
  const script = `flock -x "$0" sh -c "echo; sleep 0.3; rm '$1/net1/10.0.0.2'"`;
  const child = new Deno.Command("sh", {
    args: ["-c", script, `${dataDir}/net1/lock`, dataDir],
    stdout: "piped",
  }).spawn();
  await child.stdout.getReader().read();
  await run(callOurs, { command: "CHECK", config });
  // Gone as soon as CHECK returns, so CHECK has waited for it.
  assertEquals(filesBelow(dataDir)["net1/10.0.0.2"], undefined);
  await child.status;
});

sharingTest(
  "hostLocal and the reference share a range at the same time",
  async (dataDir) => {
    const config = configOf(dataDir);
    const ours = new URL("./_add_many.ts", import.meta.url).pathname;
    const held = new Map<string, string>();
    const record = (id: string, addresses: readonly string[]) => {
      for (const address of addresses) {
        assertEquals(held.get(address), undefined, `${address} given twice`);
        held.set(address, id);
      }
    };
    const processes = Array.from({ length: 4 }, async (_item, i) => {
      const args = ["run", "-A", "--no-check", ours, JSON.stringify(config)];
      const { success, stdout, stderr } = await new Deno.Command(
        Deno.execPath(),
        { args: [...args, `ours${i}-`, "10"], stderr: "piped" },
      ).output();
      assert(success, new TextDecoder().decode(stderr));
      const lines = new TextDecoder().decode(stdout).trim().split("\n");
      assertEquals(lines.length, 10);
      for (const line of lines) {
        const [id = "", ...addresses] = line.split(" ");
        record(id, addresses);
      }
    });
    const references = Array.from({ length: 4 }, async (_item, i) => {
      for (let n = 0; n < 10; n++) {
        const containerId = `theirs${i}-${n}`;
        const addresses = await add(callReference, { config, containerId });
        // Every other one leaves at once, so that its address can come again.
        if (n % 2 === 0) record(containerId, addresses);
        else await run(callReference, { command: "DEL", config, containerId });
      }
    });
    await Promise.all([...processes, ...references]);
    const files = filesBelow(dataDir);
    assertEquals(held.size, 2 * 4 * (10 + 5));
    for (const [address, id] of held) {
      const name = `net1/${address.split("/")[0]}`;
      assertEquals(files[name], `${id}\r\neth0`);
    }
  },
);

sharingTest("hostLocal DEL tells what it could not free", async (dataDir) => {
  const config = configOf(dataDir);
  await add(callOurs, { config });
  const path = `${dataDir}/net1/10.0.0.2`;
  const chattr = (flag: string) =>
    new Deno.Command("chattr", { args: [flag, path] }).output();
  if (!(await chattr("+i")).success) {
    return console.warn("not tried: no immutable files on this file system");
  }
  const { status, stdout } = await callOurs({ command: "DEL", config });
  await chattr("-i");
  assertEquals([status, JSON.parse(stdout).code], [1, 5]);
  assertMatch(stdout, /Cannot free all addresses of c1/);
  assertMatch(stdout, /net1\/10\.0\.0\.2/);
  const left = Object.keys(filesBelow(dataDir));
  assertEquals(left.filter((name) => name.includes("2001:")), []);
  await run(callOurs, { command: "DEL", config });
  assertEquals(filesBelow(dataDir)["net1/10.0.0.2"], undefined);
});
