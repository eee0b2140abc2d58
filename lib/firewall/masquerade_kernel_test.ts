import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { cidrContains, parseCidr } from "../net/mod.ts";
import { CniError } from "../spec/mod.ts";
import { must, namespaceTest, type TestNamespace } from "../linux/_testing.ts";
import { type Run, UndoStack } from "../linux/mod.ts";
import type { IsKept, Masquerade, MasqueradeBackend } from "./masquerade.ts";
import {
  addMasquerade,
  collectMasquerade,
  removeMasquerade,
} from "./masquerade_linux.ts";

/** A way to masquerade that may exist on this machine. */
interface Variant {
  readonly backend: MasqueradeBackend;
  /** What its programs are called, where that is not the usual name. */
  readonly rename?: (program: string) => string;
  readonly needs: readonly string[];
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  "iptables": {
    backend: "iptables",
    needs: ["iptables", "iptables-restore", "ip6tables-restore"],
  },
  "iptables-legacy": {
    backend: "iptables",
    rename: (program) =>
      program.replace(/^ip6?tables(?!-(legacy|nft))/, "$&-legacy"),
    needs: ["iptables-legacy", "iptables-legacy-restore"],
  },
  "nftables": { backend: "nftables", needs: ["nft"] },
};

const FAMILIES = [4, 6] as const;

/** The masquerade of an attachment to the network `n1`. */
function masquerade(
  containerId: string,
  ifname: string,
  ...ips: readonly string[]
): Masquerade {
  return { network: "n1", containerId, ifname, ips: ips.map(parseCidr) };
}

const FIRST = masquerade("c1", "eth0", "10.77.0.2/24", "fd77::2/64");
const SECOND = masquerade("c1", "net1", "10.78.0.2/24", "fd77::3/64");
const OTHER = masquerade("c2", "eth0", "10.77.0.3/24", "fd77::4/64");

/** Keeps the rules of an attachment's addresses. */
function keep({ ips }: Masquerade): IsKept {
  return (source) => ips.some(({ address }) => cidrContains(source, address));
}

const keepNothing: IsKept = () => false;

/** All rules but counters and handles, as the backend's own program tells them. */
async function rulesOf(run: Run, { backend }: Variant): Promise<unknown> {
  if (backend === "iptables") {
    const args = ["-t", "nat", "-S"];
    return await Promise.all(
      ["iptables", "ip6tables"].map((program) => must(run, { program, args })),
    );
  }
  return await must(run, { program: "nft", args: ["list", "ruleset"] });
}

/** Why the kernel has no such backend; empty if it has. */
async function faultOf(run: Run, backend: MasqueradeBackend): Promise<string> {
  const args = ["-t", "nat", "-S"];
  const commands = backend === "iptables"
    ? ["iptables", "ip6tables"].map((program) => ({ program, args }))
    : [{ program: "nft", args: ["list", "ruleset"] }];
  const outputs = await Promise.all(commands.map(run));
  return outputs.find(({ status }) => status !== 0)?.stderr ?? "";
}

/** Registers a test that runs with every backend which is here. */
function masqueradeTest(
  title: string,
  body: (
    run: Run,
    tools: {
      add: (masquerade: Masquerade) => Promise<UndoStack>;
      rules: () => Promise<unknown>;
      backend: MasqueradeBackend;
    },
    t: Deno.TestContext,
  ) => Promise<void>,
): void {
  for (const [name, variant] of Object.entries(VARIANTS)) {
    namespaceTest(`${title} (${name})`, async ({ run }: TestNamespace, t) => {
      const { rename = (program: string) => program, backend } = variant;
      const renamed: Run = (command) =>
        run({ ...command, program: rename(command.program) });
      const fault = await faultOf(renamed, backend);
      if (fault !== "") return console.log(`${name} is skipped: ${fault}`);
      // What an operator has of his own, and another container.
      if (backend === "iptables") {
        for (const program of ["iptables", "ip6tables"]) {
          const args = "-t nat -A POSTROUTING -o lo -j MASQUERADE".split(" ");
          await must(renamed, { program, args });
        }
      } else {
        await must(renamed, { program: "nft", args: ["add table inet own"] });
      }
      const add = async (masquerade: Masquerade) => {
        const undo = new UndoStack();
        await addMasquerade(masquerade, { run: renamed, undo, backend });
        return undo;
      };
      await add(OTHER);
      const rules = () => rulesOf(renamed, variant);
      await body(renamed, { add, rules, backend }, t);
    }, { needs: variant.needs });
  }
}

masqueradeTest(
  "addMasquerade() can be undone",
  async (_run, { add, rules }) => {
    const before = await rules();
    const undo = await add(FIRST);
    assertNotEquals(await rules(), before);
    assertEquals(await undo.unwind(), []);
    assertEquals(await rules(), before);
  },
);

masqueradeTest(
  "removeMasquerade() removes what addMasquerade() added",
  async (run, { add, rules }) => {
    const before = await rules();
    await add(FIRST);
    const options = { run, isKept: keepNothing, families: FAMILIES };
    await removeMasquerade(FIRST, options);
    assertEquals(await rules(), before);
    // DEL may come twice.
    await removeMasquerade(FIRST, options);
    assertEquals(await rules(), before);
  },
);

masqueradeTest(
  "addMasquerade() twice is as good as once",
  async (run, { add, rules }) => {
    const before = await rules();
    await add(FIRST);
    const once = await rules();
    await add(FIRST);
    assertEquals(await rules(), once);
    const options = { run, isKept: keepNothing, families: FAMILIES };
    await removeMasquerade(FIRST, options);
    assertEquals(await rules(), before);
  },
);

masqueradeTest(
  "addMasquerade() twice leaves the first when the second is undone",
  async (_run, { add, rules }) => {
    await add(FIRST);
    const once = await rules();
    const undo = await add(SECOND);
    assertNotEquals(await rules(), once);
    assertEquals(await undo.unwind(), []);
    assertEquals(await rules(), once);
  },
);

masqueradeTest(
  "removeMasquerade() keeps a container's other attachment",
  async (run, { add, rules }, t) => {
    const before = await rules();
    await add(SECOND);
    const alone = await rules();
    await removeMasquerade(SECOND, {
      run,
      isKept: keepNothing,
      families: FAMILIES,
    });
    assertEquals(await rules(), before);
    await t.step("the later one", async () => {
      await add(FIRST);
      await add(SECOND);
      const options = { run, isKept: keep(SECOND), families: FAMILIES };
      await removeMasquerade(FIRST, options);
      assertEquals(ordered(await rules()), ordered(alone));
    });
    await t.step("and goes with it", async () => {
      const options = { run, isKept: keepNothing, families: FAMILIES };
      await removeMasquerade(SECOND, options);
      assertEquals(await rules(), before);
    });
  },
);

/** Rules regardless of their order. */
function ordered(rules: unknown): unknown {
  return [rules].flat().map((text) => String(text).split("\n").toSorted());
}

masqueradeTest(
  "collectMasquerade() removes all but the valid attachments",
  async (run, { add, rules }) => {
    const before = await rules();
    await add(FIRST);
    const both = await rules();
    await collectMasquerade("n1", { run, valid: [OTHER, FIRST] });
    assertEquals(await rules(), both);
    await collectMasquerade("n2", { run, valid: [] });
    assertEquals(await rules(), both);
    await collectMasquerade("n1", { run, valid: [OTHER] });
    assertEquals(await rules(), before);
  },
);

masqueradeTest(
  "addMasquerade() and removeMasquerade() take names and addresses of any length",
  async (run, { add, rules }) => {
    const before = await rules();
    const long: Masquerade = {
      network: `n${"x".repeat(199)}`,
      containerId: `c${"0".repeat(199)}`,
      ifname: "日日日日日",
      ips: ["10.79.255.254/8", "10.80.1.1/32", "fd00:1:2:3:4:5:6:7/128"]
        .map(parseCidr),
    };
    await add(long);
    const once = await rules();
    await add(long);
    assertEquals(await rules(), once);
    const options = { run, isKept: keepNothing, families: FAMILIES };
    await removeMasquerade(long, options);
    assertEquals(await rules(), before);
  },
);

masqueradeTest(
  "addMasquerade() leaves no rule when a part of it fails",
  async (run, { rules, backend }) => {
    const before = await rules();
    const undo = new UndoStack();
    // The last rule of the last transaction: all of it must go with it.
    const broken: Run = (command) =>
      run({
        ...command,
        ...(command.stdin === undefined
          ? {}
          : { stdin: command.stdin.replaceAll("fd77::2", "fd77::zz") }),
      });
    const options = { run: broken, undo, backend };
    await assertRejects(() => addMasquerade(FIRST, options), CniError);
    assertEquals(await undo.unwind(), []);
    assertEquals(await rules(), before);
  },
);

masqueradeTest(
  "addMasquerade() and removeMasquerade() of one container do not hinder each other",
  async (run, { add, rules }) => {
    const before = await rules();
    await add(SECOND);
    const alone = await rules();
    for (let round = 0; round < 10; round++) {
      await removeMasquerade(SECOND, {
        ...{ run, isKept: keepNothing, families: FAMILIES },
      });
      await add(FIRST);
      const options = { run, isKept: keep(SECOND), families: FAMILIES };
      await Promise.all([
        ...[1, 2, 3].map(() => removeMasquerade(FIRST, options)),
        add(SECOND),
      ]);
      assertEquals(ordered(await rules()), ordered(alone), `round ${round}`);
    }
    const options = { run, isKept: keepNothing, families: FAMILIES };
    await removeMasquerade(SECOND, options);
    assertEquals(await rules(), before);
  },
);

for (const [made, removed] of [["legacy", "nft"], ["nft", "legacy"]]) {
  const needs = ["legacy", "nft"].flatMap((kind) =>
    ["iptables", "ip6tables"].flatMap((name) => [
      `${name}-${kind}`,
      `${name}-${kind}-restore`,
    ])
  );
  namespaceTest(
    `removeMasquerade() and collectMasquerade() by iptables-${removed} find what iptables-${made} made`,
    async ({ run }, t) => {
      const by = (kind: string): Run => (command) =>
        run({
          ...command,
          program: command.program.replace(
            /^ip6?tables(?!-(legacy|nft))/,
            `$&-${kind}`,
          ),
        });
      const makes = by(made!);
      const removes = by(removed!);
      const variant = VARIANTS["iptables"]!;
      const before = await rulesOf(makes, variant);
      const add = async () => {
        const undo = new UndoStack();
        const options = { run: makes, undo, backend: "iptables" as const };
        await addMasquerade(FIRST, options);
        assertNotEquals(await rulesOf(makes, variant), before);
      };
      await t.step("DEL", async () => {
        await add();
        const options = { isKept: keepNothing, families: FAMILIES };
        await removeMasquerade(FIRST, { ...options, run: removes });
        assertEquals(await rulesOf(makes, variant), before);
      });
      await t.step("GC", async () => {
        await add();
        await collectMasquerade("n1", { run: removes, valid: [FIRST] });
        assertNotEquals(await rulesOf(makes, variant), before);
        await collectMasquerade("n1", { run: removes, valid: [OTHER] });
        assertEquals(await rulesOf(makes, variant), before);
      });
      await t.step("DEL of what both have", async () => {
        await add();
        await addMasquerade(FIRST, {
          ...{ run: removes, undo: new UndoStack(), backend: "iptables" },
        });
        const options = { isKept: keepNothing, families: FAMILIES };
        for (const _ of [1, 2]) {
          await removeMasquerade(FIRST, { ...options, run: removes });
        }
        assertEquals(await rulesOf(makes, variant), before);
        const text = JSON.stringify(await rulesOf(removes, variant));
        assertEquals(text.includes("-N CNI-"), false, text);
      });
    },
    { needs },
  );
}
