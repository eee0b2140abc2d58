import { assertEquals } from "@std/assert";
import { PROJECT_ROOT, projectFiles } from "../scripts/project.ts";
import { type Import, readImports } from "./import_graph.ts";
import { globalFault, importFaults } from "./import_rules.ts";

Deno.test("the project's imports keep to the layers, without circles", async () => {
  const imports = await readImports();
  assertEquals(importFaults(imports), []);
  // An empty list would keep every rule.
  assertEquals(imports.some(({ from }) => from === "cli.ts"), true);
});

Deno.test("no file of the plugin path reads Node's globals", async () => {
  const files = (await projectFiles()).filter((file) => file.endsWith(".ts"));
  const faults = await Promise.all(files.map(async (file) => {
    const text = await Deno.readTextFile(`${PROJECT_ROOT}/${file}`);
    return globalFault(file, text) ?? [];
  }));
  assertEquals(faults.flat(), []);
});

Deno.test("importFaults() finds what breaks a rule", async (t) => {
  const cases: Record<string, readonly [string, string, Partial<Import>?]> = {
    "a lower layer uses a higher one": ["lib/net/a.ts", "lib/spec/mod.ts"],
    "lib uses plugins": ["lib/runtime/a.ts", "plugins/mod.ts"],
    "lib uses a script": ["lib/net/a.ts", "scripts/project.ts"],
    "a types-only import past the door": [
      "lib/invoke/a.ts",
      "lib/spec/json.ts",
      { typeOnly: true },
    ],
    "a plugin uses another's inside": [
      "plugins/main/bridge/a.ts",
      "plugins/ipam/host-local/b.ts",
    ],
    "a plugin uses another by its door": [
      "plugins/main/bridge/a.ts",
      "plugins/main/ptp/mod.ts",
    ],
    "what plugins share uses one of them": [
      "plugins/shared/a.ts",
      "plugins/main/bridge/mod.ts",
    ],
    "a plugin uses the inside of what plugins share": [
      "plugins/main/bridge/a.ts",
      "plugins/shared/b.ts",
    ],
    "one platform uses another": [
      "lib/state/a_linux.ts",
      "lib/state/b_windows.ts",
    ],
    "a platform's file, loaded at once": [
      "lib/state/a.ts",
      "lib/state/b_linux.ts",
    ],
    "Node's modules": ["lib/state/a.ts", "node:fs"],
    "Node's modules, later": ["lib/state/a.ts", "node:fs", { lazy: true }],
    "the costly path module": ["plugins/main/bridge/mod.ts", "@std/path"],
    "a package past the import map": ["tool/a.ts", "npm:left-pad"],
  };
  for (const [why, [from, to, more]] of Object.entries(cases)) {
    await t.step(why, () => {
      const one = { from, to, lazy: false, typeOnly: false, ...more };
      assertEquals(importFaults([one]).length, 1);
    });
  }
  await t.step("a circle", () => {
    const plain = { lazy: false, typeOnly: false };
    const there = { from: "lib/net/a.ts", to: "lib/net/b.ts", ...plain };
    const back = { from: "lib/net/b.ts", to: "lib/net/a.ts", ...plain };
    assertEquals(importFaults([there, back]), [
      "circle: lib/net/a.ts → lib/net/b.ts → lib/net/a.ts",
    ]);
    assertEquals(importFaults([there, { ...back, lazy: true }]).length, 1);
    assertEquals(importFaults([there, { ...back, typeOnly: true }]), []);
  });
});

Deno.test("importFaults() lets pass what keeps the rules", async (t) => {
  const cases: Record<string, readonly [string, string, Partial<Import>?]> = {
    "down, by the door": ["lib/invoke/a.ts", "lib/net/mod.ts"],
    "within a folder": ["lib/net/a.ts", "lib/net/_b.ts"],
    "the entry uses plugins": ["cli.ts", "plugins/mod.ts"],
    "the registry uses a plugin": ["plugins/mod.ts", "plugins/ipam/x/mod.ts"],
    "a plugin uses what plugins share": [
      "plugins/main/bridge/a.ts",
      "plugins/shared/mod.ts",
    ],
    "a platform's file on first use": [
      "lib/state/a.ts",
      "lib/state/b_linux.ts",
      { lazy: true },
    ],
    "a name of the import map": ["tool/a.ts", "@std/cli/parse-args"],
    "scripts use what they need": ["scripts/a.ts", "plugins/main/x/y.ts"],
  };
  for (const [why, [from, to, more]] of Object.entries(cases)) {
    await t.step(why, () => {
      const one = { from, to, lazy: false, typeOnly: false, ...more };
      assertEquals(importFaults([one]), []);
    });
  }
});

Deno.test("globalFault() finds globalThis.process in the plugin path only", () => {
  const text = "const p = globalThis.process;";
  assertEquals(globalFault("scripts/a.ts", text), undefined);
  assertEquals(globalFault("lib/net/a.ts", "process"), undefined);
  assertEquals(
    globalFault("lib/net/a.ts", text),
    "lib/net/a.ts reads globalThis.process: that costs start-up time",
  );
});
