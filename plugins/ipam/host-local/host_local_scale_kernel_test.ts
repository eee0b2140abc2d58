import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import { callOurs, filesBelow, type TestCall } from "./_call.ts";
import { callReference, sharingTest } from "./_reference.ts";

function configOf(dataDir: string): JsonObject {
  const ipam = { type: "host-local", dataDir, subnet: "10.128.0.0/15" };
  return { cniVersion: "1.0.0", name: "net1", ipam };
}

/** Reserves the first addresses, as the reference does. */
function reserveMany(folder: string, count: number): void {
  Deno.mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const host = i + 2;
    const address = `10.${128 + (host >> 16)}.${(host >> 8) & 255}.${
      host & 255
    }`;
    Deno.writeTextFileSync(`${folder}/${address}`, `in-use-${i}\r\neth0`);
  }
}

/** Calls one of both; the address that it gave, or "". */
async function call(
  who: "ours" | "theirs",
  call: TestCall,
): Promise<string> {
  const { status, stdout } = who === "ours"
    ? await callOurs(call)
    : await callReference(call);
  assertEquals(status, 0, stdout);
  return stdout === "" ? "" : JSON.parse(stdout).ips[0].address;
}

sharingTest(
  "hostLocal takes turns with the reference among 20,000",
  async (dataDir) => {
    const config = configOf(dataDir);
    reserveMany(`${dataDir}/net1`, 20_000);
    const held = new Map<string, string>();
    const [ours, theirs] = ["ours", "theirs"] as const;
    for (const [i, who] of [ours, theirs, ours, ours, theirs].entries()) {
      const address = await call(who, {
        command: "ADD",
        config,
        containerId: `c${i}`,
      });
      assertEquals(held.get(address), undefined, address);
      held.set(address, `c${i}`);
    }
    // Each frees what the other gave, and knows at once what the other did.
    for (const [i, who] of [theirs, ours, ours, theirs, ours].entries()) {
      const containerId = `c${i}`;
      await call(who === ours ? theirs : ours, {
        command: "CHECK",
        config,
        containerId,
      });
      await call(who, { command: "DEL", config, containerId });
      const check = { command: "CHECK", config, containerId } as const;
      assertEquals((await callOurs(check)).status, 1);
    }
    const files = filesBelow(`${dataDir}/net1`);
    assertEquals(Object.keys(files).length, 20_000 + 2);
  },
);

sharingTest(
  "hostLocal and the reference work at once among 20,000",
  async (dataDir) => {
    const config = configOf(dataDir);
    reserveMany(`${dataDir}/net1`, 20_000);
    const ours = new URL("./_add_many.ts", import.meta.url).pathname;
    const held: [address: string, id: string][] = [];
    const processes = ["a", "b"].map(async (prefix) => {
      const args = ["run", "-A", "--no-check", ours, JSON.stringify(config)];
      const { success, stdout, stderr } = await new Deno.Command(
        Deno.execPath(),
        { args: [...args, prefix, "3"] },
      ).output();
      assert(success, new TextDecoder().decode(stderr));
      for (const line of new TextDecoder().decode(stdout).trim().split("\n")) {
        const [id = "", address = ""] = line.split(" ");
        held.push([address, id]);
      }
    });
    const references = ["x", "y"].map(async (prefix) => {
      for (let i = 0; i < 3; i++) {
        const containerId = `${prefix}${i}`;
        const add = { command: "ADD", config, containerId } as const;
        held.push([await call("theirs", add), containerId]);
      }
    });
    await Promise.all([...processes, ...references]);
    assertEquals(new Set(held.map(([address]) => address)).size, 12);
    for (const [, containerId] of held) {
      await call("ours", { command: "CHECK", config, containerId });
      await call("ours", { command: "DEL", config, containerId });
    }
    const files = filesBelow(`${dataDir}/net1`);
    assertEquals(Object.keys(files).length, 20_000 + 2);
  },
);

sharingTest("hostLocal works with 60,000 in use", async (dataDir) => {
  const config = configOf(dataDir);
  reserveMany(`${dataDir}/net1`, 60_000);
  // Without a hint the search begins at the first.
  const add = { command: "ADD", config } as const;
  assertEquals(await call("ours", add), "10.128.234.98/15");
  const del = { command: "DEL", config, containerId: "in-use-31234" } as const;
  await call("ours", del);
  assertEquals((await callOurs({ ...del, command: "CHECK" })).status, 1);
  await call("ours", { command: "CHECK", config });
  await call("theirs", { command: "CHECK", config });
  await call("ours", { command: "DEL", config });
});
