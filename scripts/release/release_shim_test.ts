import { assert, assertEquals, assertRejects } from "@std/assert";
import { compileReleaseShim } from "./release_shim.ts";

const folder = await Deno.makeTempDir({ prefix: "cni-release-shim-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** Says what it was executed with, in place of the program. */
const FAKE_CNI = `#!/bin/sh
printf 'executed %s, %s bytes' "$*" "$(wc -c)"
`;

/** Registers a test that needs programs; the first of each list is taken. */
function shimTest(
  title: string,
  needs: readonly (readonly string[])[],
  body: (found: readonly string[]) => Promise<void>,
): void {
  const found = needs.map((names) => names.find(isInstalled));
  const lacking = needs.flatMap((names, at) => found[at] ? [] : [names[0]]);
  const reason = Deno.build.os !== "linux" || Deno.build.arch !== "x86_64"
    ? "needs Linux on x64"
    : lacking.length > 0
    ? `needs ${lacking.join(", ")}`
    : undefined;
  Deno.test({
    name: reason === undefined ? title : `${title} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    fn: () => body(found.flatMap((one) => one ?? [])),
  });
}

function isInstalled(program: string): boolean {
  const args = ["-c", 'command -v "$0"', program];
  const options = { args, stdout: "null" } as const;
  return Deno.build.os === "linux" &&
    new Deno.Command("sh", options).outputSync().success;
}

async function output(program: string, args: readonly string[], env = {}) {
  const options: Deno.CommandOptions = { args: [...args], env, stdin: "null" };
  const { stdout } = await new Deno.Command(program, options).output();
  return new TextDecoder().decode(stdout);
}

/** Compiles by the compiler that a variable names. */
async function compileBy(variable: string, compiler: string) {
  Deno.env.set(variable, compiler);
  try {
    const parts = { buildId: "b1", output: `${folder}/by-variable` };
    return await compileReleaseShim("arm64", parts);
  } finally {
    Deno.env.delete(variable);
  }
}

const CROSS = ["aarch64-linux-gnu-gcc"];

shimTest(
  "compileReleaseShim() makes static programs for each machine",
  [["cc"], ["readelf"], CROSS],
  async () => {
    const machines = { amd64: "X86-64", arm64: "AArch64" } as const;
    for (const arch of ["amd64", "arm64"] as const) {
      const file = `${folder}/${arch}`;
      const parts = { buildId: "build-of-test", output: file };
      assertEquals(await compileReleaseShim(arch, parts), undefined);
      const said = await output("readelf", ["-hld", file], { LC_ALL: "C" });
      assert(said.includes(machines[arch]), said);
      assert(said.includes("no dynamic section"), said);
      assertEquals(said.includes("INTERP"), false, said);
      assert((await Deno.readTextFile(file)).includes("build-of-test"));
    }
  },
);

shimTest(
  "compileReleaseShim() makes a shim for arm64 that hands a call on",
  [["qemu-aarch64-static", "qemu-aarch64"], CROSS],
  async ([qemu]) => {
    const parts = { buildId: "b1", output: `${folder}/cni-shim` };
    assertEquals(await compileReleaseShim("arm64", parts), undefined);
    await Deno.writeTextFile(`${folder}/cni`, FAKE_CNI, { mode: 0o755 });
    const args = ["-0", "/opt/cni/bin/bridge", parts.output];
    const env = { CNI_COMMAND: "ADD", CNI_DAEMON_SOCKET: `${folder}/none` };
    assertEquals(await output(qemu!, args, env), "executed bridge, 0 bytes");
  },
);

shimTest(
  "compileReleaseShim() takes the compiler that CC_ARM64 names",
  [["env"], CROSS],
  async () => {
    const words = `env LC_ALL=C ${CROSS[0]}`;
    assertEquals(await compileBy("CC_ARM64", words), undefined);
  },
);

shimTest("compileReleaseShim() says what it lacks", [], async () => {
  assertEquals(
    await compileBy("CC_ARM64", "/none/cc"),
    "/none/cc is not installed: install the Debian packages " +
      "gcc-aarch64-linux-gnu and libc6-dev-arm64-cross, or name a compiler by " +
      "CC_ARM64",
  );
});

shimTest(
  "compileReleaseShim() refuses a compiler for another machine",
  [["cc"]],
  async () => {
    const error = await assertRejects(() => compileBy("CC_ARM64", "cc"), Error);
    assert(error.message.includes("the ELF machine 62"), error.message);
  },
);
