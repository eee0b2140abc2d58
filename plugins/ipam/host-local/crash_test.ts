import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import { callOurs, filesBelow, makeDataDir } from "./_call.ts";

const CHURN = new URL("./_churn.ts", import.meta.url).pathname;
const IDS = ["a", "b", "c", "d", "e", "f"];
const ROUNDS = 5;

/** Starts three processes that add and delete, and kills them in the midst. */
async function churnAndKill(config: JsonObject): Promise<void> {
  const args = ["run", "-A", "--no-check", CHURN, JSON.stringify(config)];
  const children = [0, 2, 4].map((at) =>
    new Deno.Command(Deno.execPath(), {
      args: [...args, ...IDS.slice(at, at + 2)],
      stdout: "piped",
    }).spawn()
  );
  for (const child of children) {
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
  }
  // Wherever each of them may be just now.
  await new Promise((done) => setTimeout(done, Math.random() * 50));
  for (const child of children) child.kill("SIGKILL");
  for (const child of children) await child.status;
}

/** The files that tell of reservations: the folder's, and ours aside. */
function stateOf(dataDir: string): Record<string, string> {
  const aside = Object.entries(filesBelow(`${dataDir}/.cni/net1`))
    .filter(([name]) => !name.startsWith("index/"));
  return { ...filesBelow(dataDir), ...Object.fromEntries(aside) };
}

for (const count of [2, 300]) {
  Deno.test({
    name: `hostLocal DEL clears up after SIGKILL, with ${count} in use`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      using dataDir = makeDataDir();
      const config = {
        cniVersion: "1.1.0",
        name: "net1",
        ipam: { dataDir: dataDir.path, subnet: "10.0.0.0/16" },
      };
      Deno.mkdirSync(`${dataDir.path}/net1`);
      for (let i = 0; i < count; i++) {
        const path = `${dataDir.path}/net1/10.0.${9 + i % 2}.${i >> 1}`;
        Deno.writeTextFileSync(path, `other${i}\r\neth0`);
      }
      for (let round = 0; round < ROUNDS; round++) {
        const call = { config, containerId: "first" } as const;
        await callOurs({ ...call, command: "ADD" });
        await callOurs({ ...call, command: "DEL" });
        const before = stateOf(dataDir.path);
        await churnAndKill(config);
        // An index that a crash left must not hide what was reserved.
        for (const containerId of IDS) {
          const del = { command: "DEL", config, containerId } as const;
          assertEquals((await callOurs(del)).status, 0);
        }
        const after = stateOf(dataDir.path);
        const hint = "net1/last_reserved_ip.0";
        assertEquals({ ...after, [hint]: "" }, { ...before, [hint]: "" });
      }
    },
  });
}
