import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { registryFor } from "../plugins/mod.ts";
import { installStandIn } from "../tests/install_stand_in.ts";
import { minimalPe } from "../tests/minimal_pe.ts";
import { release } from "./release.ts";
import { runProgram } from "./release/run_program.ts";
import { ownCompiler } from "./shim.ts";

const { version } = config;
const ARCHIVES = [
  `cni-linux-amd64-${version}.tgz`,
  `cni-linux-arm64-${version}.tgz`,
  `cni-windows-amd64-${version}.zip`,
];
/** What every archive holds besides the program and its links. */
const FILES = [
  ...["LICENSE", "README.md", "THIRD_PARTY_NOTICES", "manifest.json"],
];
const TIME_SECONDS = 1_700_000_000;
const [OWN_COMPILER = ""] = ownCompiler();
/** Compilers that releases take for the shims, by machine. */
const COMPILERS = Deno.build.arch === "x86_64"
  ? { amd64: OWN_COMPILER, arm64: "aarch64-linux-gnu-gcc" }
  : { amd64: "x86_64-linux-gnu-gcc", arm64: OWN_COMPILER };

Deno.test({
  name: "release() makes the same archives from the same sources",
  ignore: await lacksTools(),
  async fn(t) {
    const folder = await Deno.makeTempDir();
    try {
      const denortDir = await standInRuntimes(`${folder}/denort`);
      const warnings: string[] = [];
      const warn = (text: string) => void warnings.push(text);
      const options = { denortDir, timeSeconds: TIME_SECONDS, warn };
      const [one, two] = [`${folder}/one`, `${folder}/two`];
      await Deno.mkdir(one);
      await Deno.writeTextFile(`${one}/cni-linux-amd64-0.0.1.tgz`, "old");
      assertEquals(await release({ ...options, outDir: one }), ARCHIVES);
      await release({ ...options, outDir: two });
      const shims = {
        amd64: await hasCompiler("amd64") ? ["cni-shim"] : [],
        arm64: await hasCompiler("arm64") ? ["cni-shim"] : [],
      };

      await t.step("the same names and bytes, nothing else", async () => {
        const names = [...ARCHIVES, "SHA256SUMS", "SHA512SUMS"];
        assertEquals(await namesIn(one), [...names].sort());
        for (const name of names) {
          const file = await Deno.readFile(`${one}/${name}`);
          assertEquals(file, await Deno.readFile(`${two}/${name}`), name);
        }
      });

      await t.step("sums that the usual tools confirm", async () => {
        for (const bits of ["256", "512"]) {
          const args = ["--check", "--strict", `SHA${bits}SUMS`];
          await runProgram(`sha${bits}sum`, args, { cwd: one });
        }
      });

      await t.step("Linux: root's files of the time given, links", async () => {
        const env = { TZ: "UTC", LC_ALL: "C" };
        const archive = `${one}/${ARCHIVES[1]}`;
        const text = await output("tar", ["-tvzf", archive], env);
        const rows = text.trim().split("\n").map((row) => row.split(/\s+/));
        const plain = rows.map(([mode, owner, , date, time, ...name]) =>
          [mode, owner, date, time, name.join(" ")].join(" ")
        );
        const when = "root/root 2023-11-14 22:13";
        const link = (name: string) => `lrwxr-xr-x ${when} ${name} -> cni`;
        const file = (name: string, mode = "-rw-r--r--") =>
          [name, `${mode} ${when} ${name}`] as const;
        const applets = ["cnitool", ...registryFor("linux").keys()];
        const expected = [
          ...FILES.map((name) => file(name)),
          ...["cni", ...shims.arm64].map((name) => file(name, "-rwxr-xr-x")),
          ...applets.map((name) => [name, link(name)] as const),
        ];
        expected.sort(([a], [b]) => a < b ? -1 : 1);
        assertEquals(plain, expected.map(([, row]) => row));
      });

      await t.step("Windows: a script makes the links", async () => {
        const archive = `${one}/${ARCHIVES[2]}`;
        const names = await output("unzip", ["-Z1", archive]);
        assertEquals(names.trim().split("\n"), [
          "LICENSE",
          "README.md",
          "THIRD_PARTY_NOTICES",
          "cni.exe",
          "make-links.cmd",
          "manifest.json",
        ]);
      });

      await t.step("a manifest that tells the truth", async () => {
        const archive = `${one}/${ARCHIVES[0]}`;
        const unpacked = `${folder}/unpacked`;
        await Deno.mkdir(unpacked);
        await runProgram("tar", ["-xzf", archive, "-C", unpacked]);
        const text = await Deno.readTextFile(`${unpacked}/manifest.json`);
        const { files, ...manifest } = JSON.parse(text);
        assertEquals(manifest.version, version);
        assertEquals([manifest.os, manifest.arch], ["linux", "amd64"]);
        assertEquals(Object.keys(files), [
          ...["LICENSE", "README.md", "THIRD_PARTY_NOTICES", "cni"],
          ...shims.amd64,
        ]);
        for (const name of ["cni", ...shims.amd64]) {
          const sum = await output("sha256sum", [`${unpacked}/${name}`]);
          assertEquals(files[name], `sha256:${sum.split(" ")[0]}`);
        }
      });

      await t.step("install --resident finds the shim beside it", async () => {
        const unpacked = `${folder}/unpacked`;
        const text = await Deno.readTextFile(`${unpacked}/manifest.json`);
        const { build: buildId } = JSON.parse(text);
        const bin = `${folder}/bin`;
        const { status, output } = await installStandIn([
          ...["--resident", "--no-links", `--bin-dir=${bin}`],
        ], { self: `${unpacked}/cni`, buildId });
        if (shims.amd64.length === 0) {
          assertEquals(status, 1);
          return assertStringIncludes(output, "cni-shim is missing: a release");
        }
        assertEquals(status, 0, output);
        const shim = await Deno.readFile(`${unpacked}/cni-shim`);
        assertEquals(await Deno.readFile(`${bin}/bridge`), shim);
      });

      await t.step("a shim wherever there is a compiler, or why not", () => {
        const lacking = ["amd64", "arm64"].filter((arch) =>
          shims[arch as keyof typeof shims].length === 0
        );
        assertEquals(warnings.length, 2 * lacking.length, warnings.join("\n"));
        for (const arch of lacking) {
          const text = `cni-linux-${arch}-${version}.tgz has no cni-shim`;
          assert(warnings.some((one) => one.startsWith(text)), text);
        }
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("release() names the runtimes to fetch", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const error = await assertRejects(() =>
      release({
        outDir: `${folder}/out`,
        timeSeconds: TIME_SECONDS,
        denortDir: folder,
        warn: () => {},
      }), Error);
    for (
      const name of [
        "denort-x86_64-unknown-linux-gnu.zip",
        "denort-aarch64-unknown-linux-gnu.zip",
        "denort-x86_64-pc-windows-msvc.zip",
        `releases/tag/v${Deno.version.deno}`,
        `DENORT_DIR=${folder}`,
      ]
    ) assert(error.message.includes(name), error.message);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function hasCompiler(arch: keyof typeof COMPILERS): Promise<boolean> {
  const args = ["-c", 'command -v "$0"', COMPILERS[arch]];
  const options = { args, stdout: "null" } as const;
  return (await new Deno.Command("sh", options).output()).success;
}

async function lacksTools(): Promise<boolean> {
  for (const tool of ["zip", "unzip"]) {
    try {
      await runProgram(tool, ["-h"]);
    } catch {
      console.log(`release: skipped, ${tool} is not installed`);
      return true;
    }
  }
  return Deno.build.os === "windows";
}

/** Archives as Deno publishes them; any executable will do. */
async function standInRuntimes(folder: string): Promise<string> {
  await Deno.mkdir(folder);
  const [elf, pe] = [`${folder}/denort`, `${folder}/denort.exe`];
  await Deno.copyFile("/bin/true", elf);
  await Deno.writeFile(pe, minimalPe());
  for (
    const [target, file] of [
      ["x86_64-unknown-linux-gnu", elf],
      ["aarch64-unknown-linux-gnu", elf],
      ["x86_64-pc-windows-msvc", pe],
    ] as const
  ) await runProgram("zip", ["-qj", `${folder}/denort-${target}.zip`, file]);
  return folder;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name).sort();
}

async function output(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return new TextDecoder().decode(await runProgram(program, args, { env }));
}
