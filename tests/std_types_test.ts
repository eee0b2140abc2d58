import { assertEquals, assertMatch } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { runDeno } from "../scripts/deno_command.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";

const USE = `import { assertEquals } from "@std/assert";
assertEquals(1 as number, "one");
`;

Deno.test("@std: a wrong use is a type error", async () => {
  const { success, stderr } = await checkWith({ ...resolved(config.imports) });
  assertEquals(success, false);
  assertMatch(stderr, /TS2345.*'string' is not assignable to .*'number'/s);
});

Deno.test("@std: a name that is mapped elsewhere brings its own types", async () => {
  // As JSR's module would, which is TypeScript too.
  const elsewhere = "export function assertEquals(a: number, b: string) {" +
    " if (String(a) === b) throw new Error(b); }";
  const { success, stderr } = await checkWith({
    "@std/assert": `data:application/typescript,${encodeURI(elsewhere)}`,
  });
  assertEquals(success, true, stderr);
});

Deno.test("@std: every name that is declared exists", async (t) => {
  for (const [name, path] of Object.entries(config.imports)) {
    if (!name.startsWith("@std/")) continue;
    await t.step(name, async () => {
      const module = new URL(path, `file://${PROJECT_ROOT}/`).href;
      const types = await Deno.readTextFile(
        `${PROJECT_ROOT}/${path.replace(/\.js$/, ".d.ts")}`,
      );
      const declared = types.matchAll(
        /^export declare (?:function|class) (\w+)/gm,
      );
      const values: Record<string, unknown> = await import(module);
      for (const [, value = ""] of declared) {
        assertEquals(typeof values[value], "function", value);
      }
    });
  }
});

Deno.test("deno.lock names no host, and pins what deno.json names", async () => {
  const lock = await Deno.readTextFile(`${PROJECT_ROOT}/deno.lock`);
  assertEquals(lock.includes("://"), false);
  const named = Object.values(config.imports)
    .filter((to) => to.startsWith("npm:"))
    .map((to) => to.replace(/^npm:\/?(.*?)\/?$/, "npm:$1"));
  // Each with a full version, so that the lock has nothing to choose.
  const loose = named.filter((to) => !/@\d+\.\d+\.\d+$/.test(to));
  assertEquals(loose, []);
  assertEquals(Object.keys(JSON.parse(lock).specifiers).sort(), named.sort());
});

/** The map with its relative paths made absolute. */
function resolved(imports: Record<string, string>): Record<string, string> {
  const root = `file://${PROJECT_ROOT}/`;
  return Object.fromEntries(
    Object.entries(imports).map(([name, to]) => [
      name,
      to.startsWith("./") ? new URL(to, root).href : to,
    ]),
  );
}

/** Checks the types of {@linkcode USE} with an import map. */
async function checkWith(
  imports: Record<string, string>,
): Promise<Awaited<ReturnType<typeof runDeno>>> {
  const folder = await Deno.makeTempDir();
  try {
    const configText = JSON.stringify({ imports, nodeModulesDir: "none" });
    await Deno.writeTextFile(`${folder}/deno.json`, configText);
    await Deno.writeTextFile(`${folder}/use.ts`, USE);
    return await runDeno(["check", "--no-lock", "use.ts"], { cwd: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
