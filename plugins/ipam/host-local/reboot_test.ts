import { assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import { callOurs, filesBelow, makeDataDir, type TestCall } from "./_call.ts";
import type { Boot } from "./boot.ts";
import { readBootWith } from "./read_boot.ts";

// Elsewhere no boots are told apart.
const test = Deno.build.os === "linux" ? Deno.test : Deno.test.ignore;

/** A node with one small network, that can be started anew. */
class Node implements Disposable {
  readonly #dataDir = makeDataDir();
  readonly folder = `${this.#dataDir.path}/net1`;
  readonly sidecar = `${this.#dataDir.path}/.cni/net1`;
  /** Each start has another. */
  boot: Boot | undefined = "node.1";
  ipam: JsonObject = {};
  /** Set, the boot is told by a note in `/run`, which is this folder. */
  run: string | undefined;
  isRunInMemory = true;

  restart(): void {
    const [machine, count] = this.boot?.split(".") ?? [];
    this.boot = `${machine}.${Number(count) + 1}`;
  }

  /** The outcome of a call: its address, code of error, or "ok". */
  async call(
    command: TestCall["command"],
    containerId: string,
    { ip, valid }: { readonly ip?: string; readonly valid?: string } = {},
  ): Promise<string | number> {
    const attachments = valid?.split(" ").filter((id) => id !== "")
      .map((id) => ({ containerID: id, ifname: "eth0" }));
    const config: JsonObject = {
      cniVersion: "1.1.0",
      name: "net1",
      // 10.0.0.2 and 10.0.0.3, beside the gateway.
      ipam: {
        dataDir: this.#dataDir.path,
        subnet: "10.0.0.0/24",
        rangeEnd: "10.0.0.3",
        ...this.ipam,
      },
      ...(valid === undefined
        ? {}
        : { "cni.dev/valid-attachments": attachments }),
    };
    const args = ip === undefined ? "" : `IP=${ip}`;
    const { boot, run } = this;
    const told = run === undefined ? { boot } : {
      readBoot: readBootWith({
        noteDir: run,
        ask: () => this.boot,
        isInMemory: () => this.isRunInMemory,
      }),
    };
    const call = { command, config, containerId, args, ...told };
    const { status, stdout } = await callOurs(call);
    if (status !== 0) return JSON.parse(stdout).code;
    return stdout === "" ? "ok" : JSON.parse(stdout).ips[0].address;
  }

  add(containerId: string, ip?: string): Promise<string | number> {
    return this.call("ADD", containerId, ip === undefined ? {} : { ip });
  }

  /** Reserves an address as the reference does. */
  reserve(address: string, containerId: string): void {
    Deno.mkdirSync(this.folder, { recursive: true });
    const text = `${containerId}\r\neth0`;
    Deno.writeTextFileSync(`${this.folder}/${address}`, text);
  }

  /** Who has which address, such as `2=c1 3=c2`. */
  get held(): string {
    return Object.entries(filesBelow(this.folder))
      .filter(([name]) => name.startsWith("10."))
      .map(([name, text]) => `${name.slice(7)}=${text.split("\r\n")[0]}`)
      .sort().join(" ");
  }

  /** How many marks there are. */
  get marks(): number {
    return Object.keys(filesBelow(this.sidecar))
      .filter((name) => name.startsWith("boots/")).length;
  }

  [Symbol.dispose](): void {
    this.#dataDir[Symbol.dispose]();
  }
}

const FULL = 999;

/** A node with c1 and c2, and nothing left to give. */
async function fullNode(): Promise<Node> {
  const node = new Node();
  await node.add("c1");
  await node.add("c2");
  assertEquals(node.held, "2=c1 3=c2");
  return node;
}

test("hostLocal reclaims from before a reboot when a range is full", async () => {
  using node = await fullNode();
  assertEquals(await node.add("c3"), FULL);
  node.restart();
  assertEquals(await node.add("c3"), "10.0.0.2/24");
  assertEquals(node.held, "2=c3");
  assertEquals(await node.add("c4"), "10.0.0.3/24");
  assertEquals(await node.add("c5"), FULL);
});

test("hostLocal reclaims from before a reboot what is asked for", async () => {
  using node = await fullNode();
  assertEquals(await node.add("c3", "10.0.0.3"), FULL);
  node.restart();
  assertEquals(await node.add("c3", "10.0.0.3"), "10.0.0.3/24");
  assertEquals(node.held, "2=c1 3=c3");
  assertEquals(await node.add("c4", "10.0.0.3"), FULL);
});

test("hostLocal gives a container an address again after a reboot", async () => {
  using node = await fullNode();
  assertEquals(await node.add("c1"), FULL);
  node.restart();
  assertEquals(await node.add("c1"), "10.0.0.2/24");
  assertEquals(await node.add("c1"), FULL);
  assertEquals(node.held, "2=c1 3=c2");
});

test("hostLocal GC reclaims from before a reboot", async () => {
  using node = await fullNode();
  assertEquals(await node.call("GC", ""), "ok");
  assertEquals(node.held, "2=c1 3=c2");
  node.restart();
  await node.add("c3");
  assertEquals(node.held, "2=c3", "the range was full");
  node.reserve("10.0.0.3", "theirs");
  assertEquals(await node.call("GC", ""), "ok");
  assertEquals(node.held, "2=c3 3=theirs");
  node.restart();
  assertEquals(await node.call("GC", ""), "ok");
  assertEquals([node.held, node.marks], ["", 0]);
});

test("hostLocal GC leaves what the runtime says is valid", async () => {
  using node = await fullNode();
  node.restart();
  assertEquals(await node.call("GC", "", { valid: "c2" }), "ok");
  assertEquals(node.held, "3=c2");
});

test("hostLocal reclaims nothing when told not to", async () => {
  using node = new Node();
  node.ipam = { reclaimAfterReboot: false };
  await node.add("c1");
  await node.add("c2");
  assertEquals(node.marks, 0);
  node.ipam = {};
  await node.call("GC", "");
  assertEquals(node.marks, 2);
  node.restart();
  node.ipam = { reclaimAfterReboot: false };
  assertEquals(await node.add("c3"), FULL);
  assertEquals(await node.add("c3", "10.0.0.2"), FULL);
  assertEquals(await node.add("c1"), FULL);
  assertEquals(await node.call("GC", ""), "ok");
  assertEquals(node.held, "2=c1 3=c2");
});

test("hostLocal reclaims nothing that may be in use", async (t) => {
  const traps: Record<string, (node: Node) => Promise<void> | void> = {
    "no reboot": () => {},
    "the machine tells no boot": (node) => {
      node.boot = undefined;
    },
    "our own files were lost, and the machine restarted": (node) => {
      Deno.removeSync(node.sidecar, { recursive: true });
      node.restart();
    },
    "the folder is another machine's, shared or copied": (node) => {
      node.boot = "other.9";
    },
    "the reference gave both out since": (node) => {
      node.restart();
      for (const [address, id] of [["10.0.0.2", "c1"], ["10.0.0.3", "c2"]]) {
        const path = `${node.folder}/${address}`;
        const { atime, mtime } = Deno.statSync(path);
        Deno.removeSync(path);
        node.reserve(address!, id!);
        // The clock began anew, and shows the very same time.
        Deno.utimeSync(path, atime!, mtime!);
      }
    },
    "somebody rewrote both in place": async (node) => {
      node.restart();
      // A restart takes longer than the kernel's clock for files ticks.
      await new Promise((resolve) => setTimeout(resolve, 20));
      for (const address of ["10.0.0.2", "10.0.0.3"]) {
        const path = `${node.folder}/${address}`;
        Deno.utimeSync(path, 1, 1);
        Deno.writeTextFileSync(path, `new-${address}\r\neth0`);
      }
    },
    "they were given out again after the reboot": async (node) => {
      node.restart();
      assertEquals(await node.add("c1"), "10.0.0.2/24");
      assertEquals(await node.add("c2"), "10.0.0.3/24");
    },
  };
  for (const [why, trap] of Object.entries(traps)) {
    await t.step(why, async () => {
      using node = await fullNode();
      await trap(node);
      const before = node.held;
      assertEquals(await node.add("c3"), FULL);
      assertEquals(await node.add("c3", "10.0.0.2"), FULL);
      assertEquals(await node.call("GC", ""), "ok");
      assertEquals(await node.add("c3"), FULL);
      assertEquals(node.held, before);
    });
  }
});

test("hostLocal on a node of the reference waits for a reboot", async () => {
  using node = new Node();
  for (const [address, id] of [["10.0.0.2", "c1"], ["10.0.0.3", "c2"]]) {
    node.reserve(address!, id!);
    // A clock that was wrong when they were made, either way.
    const time = id === "c1" ? 0 : Date.now() / 1000 + 1e6;
    Deno.utimeSync(`${node.folder}/${address}`, time, time);
  }
  for (const _time of ["first", "second"]) {
    assertEquals(await node.add("c3"), FULL);
    assertEquals(await node.add("c3", "10.0.0.3"), FULL);
    assertEquals(await node.call("GC", ""), "ok");
  }
  assertEquals(node.held, "2=c1 3=c2");
  node.restart();
  assertEquals(await node.add("c3"), "10.0.0.2/24");
  assertEquals(node.held, "2=c3");
});

test("hostLocal records others' reservations at its first ADD", async () => {
  using node = new Node();
  node.reserve("10.0.0.2", "theirs");
  await node.add("c1");
  assertEquals(node.marks, 2);
  node.restart();
  assertEquals(await node.add("c2"), "10.0.0.2/24");
});

test("hostLocal keeps a folder on a tmpfs like any other", async () => {
  using node = await fullNode();
  // All of it goes with the boot, our own files too; then others come.
  Deno.removeSync(node.folder, { recursive: true });
  Deno.removeSync(node.sidecar, { recursive: true });
  node.restart();
  node.reserve("10.0.0.2", "c8");
  assertEquals(await node.add("c9"), "10.0.0.3/24");
  assertEquals(await node.add("c10"), FULL);
  assertEquals(node.held, "2=c8 3=c9");
});

test("hostLocal takes a restored disk without memory for a reboot", async () => {
  using node = await fullNode();
  // The machine starts from the disk of boot 1, in which c1 and c2 ran.
  node.boot = "node.7";
  assertEquals(await node.add("c3"), "10.0.0.2/24");
});

test("hostLocal reclaims no address that a person keeps", async () => {
  using node = new Node();
  Deno.mkdirSync(node.folder);
  Deno.writeTextFileSync(`${node.folder}/10.0.0.2`, "kept for the printer\n");
  await node.add("c1");
  for (let i = 0; i < 2; i++) {
    node.restart();
    await node.call("GC", "");
    assertEquals(await node.add("c2", "10.0.0.2"), FULL);
  }
  assertStringIncludes(node.held, "2=kept for the printer");
});

test("hostLocal frees empty files from before a reboot", async () => {
  using node = new Node();
  Deno.mkdirSync(node.folder);
  for (const address of ["10.0.0.2", "10.0.0.3"]) {
    Deno.writeTextFileSync(`${node.folder}/${address}`, "");
  }
  await node.call("GC", "", { valid: "" });
  assertEquals(await node.add("c1", "10.0.0.2"), FULL);
  assertEquals(node.held, "2= 3=");
  node.restart();
  assertEquals(await node.add("c1", "10.0.0.2"), "10.0.0.2/24");
  assertEquals(node.held, "2=c1 3=");
  await node.call("GC", "", { valid: "c1" });
  assertEquals(node.held, "2=c1");
});

test("hostLocal DEL leaves no marks", async () => {
  using node = await fullNode();
  assertEquals(node.marks, 2);
  node.restart();
  await node.add("c1");
  assertEquals(node.marks, 2);
  await node.call("DEL", "c1");
  await node.call("DEL", "c2");
  assertEquals([node.held, node.marks], ["", 0]);
});

/** The id of a kernel's n-th boot. */
function bootOf(count: number): Boot {
  return `node.${String(count).padStart(8, "0")}-1111-4111-8111-111111111111`;
}

test("hostLocal reclaims nothing in a machine restored from a checkpoint", async () => {
  using dataDir = makeDataDir();
  using node = new Node();
  node.run = `${dataDir.path}/notes`;
  const checkpoint = bootOf(1);
  // The disk goes on while the checkpoint rests: c1 is of the boot after it.
  node.boot = bootOf(2);
  assertEquals(await node.add("c1"), "10.0.0.2/24");
  Deno.writeTextFileSync(`${node.run}/boot`, checkpoint);
  assertEquals(await node.add("c2"), "10.0.0.3/24");
  assertEquals(await node.add("c3"), FULL);
  assertEquals(await node.add("c3", "10.0.0.2"), FULL);
  assertEquals(await node.call("GC", ""), "ok");
  assertEquals(node.held, "2=c1 3=c2");
  assertEquals(
    Deno.readTextFileSync(`${node.run}/boot`),
    `${bootOf(2)}\n${checkpoint}`,
  );
  // What is reserved by now is marked, and kept over a second restore.
  await node.call("DEL", "c1");
  assertEquals(await node.add("c4"), "10.0.0.2/24");
  node.boot = bootOf(3);
  assertEquals(await node.add("c5"), FULL);
  assertEquals(await node.add("c4"), FULL);
  assertEquals(await node.call("GC", ""), "ok");
  assertEquals(node.held, "2=c4 3=c2");
  assertEquals(node.marks, 2);
  // A restart ends them all.
  node.boot = bootOf(4);
  Deno.removeSync(node.run, { recursive: true });
  assertEquals(await node.call("GC", ""), "ok");
  assertEquals(node.held, "");
});

test("hostLocal reclaims nothing by a note on a disk", async () => {
  using dataDir = makeDataDir();
  using node = new Node();
  node.run = `${dataDir.path}/notes`;
  node.boot = bootOf(1);
  await node.add("c1");
  await node.add("c2");
  assertEquals(node.marks, 2);
  node.isRunInMemory = false;
  node.boot = bootOf(2);
  Deno.writeTextFileSync(`${node.run}/boot`, node.boot);
  assertEquals(await node.add("c3"), FULL);
  node.boot = bootOf(3);
  assertEquals(await node.add("c3"), FULL);
  assertEquals(await node.call("GC", ""), "ok");
  assertEquals(node.held, "2=c1 3=c2");
});
