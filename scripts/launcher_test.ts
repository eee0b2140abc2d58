import { assertEquals } from "@std/assert";
import { launcherScript } from "./launcher.ts";
import { PROJECT_ROOT } from "./project.ts";

/** Puts a launcher with its bundle into a folder of its own. */
async function makeProgram(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "it's a folder " });
  await Deno.writeTextFile(`${folder}/cli.js`, BUNDLE);
  const late = "export const value = 1;";
  await Deno.writeTextFile(`${folder}/late part.js`, late);
  const script = launcherScript({
    deno: Deno.execPath(),
    entry: `${folder}/cli.js`,
    binDir: folder,
    permissions: { read: ["/r", PROJECT_ROOT], write: ["/w"], env: ["E"] },
    versionReplies: new Map([["bridge", '{"a":"it\'s %s"}\n']]),
  });
  await Deno.writeTextFile(`${folder}/cni`, script, { mode: 0o755 });
  await Deno.symlink("cni", `${folder}/bridge`);
  return folder;
}

/** A bundle that tells what it was started with and may do. */
const BUNDLE = `
const names = ["read", "write", "run", "env", "net", "ffi", "sys", "import"];
const states = names.map((name) => Deno.permissions.querySync({ name }).state);
const inside = Deno.permissions.querySync({ name: "write", path: "/w/x" });
const late = await import("./late part.js");
if (Deno.args[1] === "tell") {
  const { restoreEnvironment } = await import(Deno.args[2]);
  const own = [Deno.env.get("DENO_DIR"), Deno.env.get("HOME")];
  restoreEnvironment();
  const child = new Deno.Command("/usr/bin/env").outputSync();
  const text = new TextDecoder().decode(child.stdout).trim();
  console.log(JSON.stringify({ own, child: text.split("\\n").sort() }));
  Deno.exit(0);
}
console.log(JSON.stringify({ args: Deno.args, states, inside: inside.state, late: late.value }));
`;

Deno.test({
  name:
    "launcherScript() starts the bundle by any name, with an empty environment",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await makeProgram();
    try {
      const { stdout, stderr } = await new Deno.Command(`${folder}/bridge`, {
        args: ["two words", "$HOME", ""],
        clearEnv: true,
        cwd: "/",
      }).output();
      const decoder = new TextDecoder();
      assertEquals(decoder.decode(stderr), "");
      assertEquals(JSON.parse(decoder.decode(stdout)), {
        args: [`${folder}/bridge`, "two words", "$HOME", ""],
        states: [
          "prompt", // Some paths, not all.
          "prompt",
          "granted",
          "prompt",
          "prompt",
          "prompt",
          "prompt",
          "denied",
        ],
        inside: "granted",
        late: 1,
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Runs a shell script, with the program's folder as `$0`. */
async function runShell(
  script: string,
  folder: string,
  env: Record<string, string> = {},
): Promise<{ status: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", script, folder],
    clearEnv: true,
    env,
    cwd: "/",
  }).output();
  const decoder = new TextDecoder();
  return {
    status: code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

Deno.test({
  name: "launcherScript() lets no variable or file of the caller steer Deno",
  ignore: Deno.build.os === "windows",
  async fn(t) {
    const folder = await makeProgram();
    const home = await Deno.makeTempDir();
    const module =
      new URL("../lib/plugin/restore_environment.ts", import.meta.url).href;
    const tell = async (env: Record<string, string>) => {
      const script = `exec "$0/bridge" tell ${module}`;
      const { stdout, stderr } = await runShell(script, folder, env);
      assertEquals(stderr, "");
      return JSON.parse(stdout);
    };
    try {
      const cases: Record<string, Record<string, string>> = {
        "nothing": {},
        "logs": { DENO_LOG: "debug", RUST_LOG: "debug" },
        "V8": { DENO_V8_FLAGS: "--help" },
        "files": {
          DENO_COVERAGE_DIR: `${home}/coverage`,
          DENO_AUDIT_PERMISSIONS: `${home}/audit`,
          SSLKEYLOGFILE: `${home}/keys`,
          NODE_V8_COVERAGE: `${home}/node`,
        },
        "what hangs it": {
          DENO_TOKIO_EVENT_INTERVAL: "0",
          DENO_UNSTABLE_CONTROL_SOCK: "unix:/x",
        },
        "telemetry, a cache elsewhere": {
          OTEL_DENO: "1",
          DENO_DIR: `${home}/cache`,
          NPM_CONFIG_REGISTRY: "no url",
        },
        "odd values": { DENO_A: "it's\nexport DENO_B='1'\n* $(x)", name: "n" },
      };
      for (const [why, variables] of Object.entries(cases)) {
        await t.step(why, async () => {
          const env = { HOME: home, ...variables };
          const { own, child } = await tell(env);
          assertEquals(own, [`${folder}/cache`, folder]);
          const expected = Object.entries({ ...env, PWD: "/" })
            .flatMap(([name, value]) => `${name}=${value}`.split("\n"));
          assertEquals(child, expected.sort());
          assertEquals([...Deno.readDirSync(home)], []);
        });
      }
      await t.step("no home", async () => {
        assertEquals((await tell({})).child, ["PWD=/"]);
      });
      const npmrc = `${home}/.npmrc`;
      const files: Record<string, () => Promise<unknown>> = {
        "an .npmrc of an unset variable": () =>
          Deno.writeTextFile(npmrc, "registry=${UNSET}\n"),
        "an .npmrc in another encoding": () =>
          Deno.writeFile(npmrc, new Uint8Array([0xff, 0xfe, 0, 0x80])),
        "an .npmrc that is a folder": () => Deno.mkdir(npmrc),
        "an .npmrc that is a FIFO": () =>
          new Deno.Command("mkfifo", { args: [npmrc] }).output(),
      };
      for (const [why, make] of Object.entries(files)) {
        await t.step(why, async () => {
          await make();
          const { child } = await tell({ HOME: home });
          assertEquals(child, [`HOME=${home}`, "PWD=/"]);
          await Deno.remove(npmrc);
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
      await Deno.remove(home, { recursive: true });
    }
  },
});

Deno.test({
  name: "launcherScript() answers VERSION by itself, if it can be written",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await makeProgram();
    const env = { CNI_COMMAND: "VERSION" };
    try {
      const said = await runShell('exec "$0/bridge"', folder, env);
      const reply = { status: 0, stdout: '{"a":"it\'s %s"}\n', stderr: "" };
      assertEquals(said, reply);
      const stderr = "Cannot write to stdout\n";
      for (const to of [">/dev/full", ">&-"]) {
        const failed = await runShell(`exec "$0/bridge" ${to}`, folder, env);
        assertEquals(failed, { status: 1, stdout: "", stderr });
      }
      const pipe = '{ sleep 0.2; "$0/bridge"; echo $? >&2; } | true';
      const piped = await runShell(pipe, folder, { ...env, PATH: "/bin" });
      assertEquals(piped.stderr, `${stderr}1\n`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "launcherScript() starts in a working folder that is gone",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await makeProgram();
    try {
      const script =
        'd=$(mktemp -d); cd "$d"; rmdir "$d"; exec "$0/bridge" word';
      const { status, stdout } = await runShell(script, folder, {
        PATH: "/bin:/usr/bin",
      });
      assertEquals([status, JSON.parse(stdout).args.at(-1)], [0, "word"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "launcherScript() answers VERSION of each plugin by itself",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const script = launcherScript({
        deno: "/nowhere/deno",
        entry: "/nowhere/cli.js",
        binDir: folder,
        permissions: { read: ["/r"], write: ["/w"], env: ["E"] },
        versionReplies: new Map([["a", "1\n"], ["b", "2\n"], ["c", "1\n"]]),
      });
      await Deno.writeTextFile(`${folder}/cni`, script, { mode: 0o755 });
      for (const [name, reply] of [["a", "1\n"], ["b", "2\n"], ["c", "1\n"]]) {
        await Deno.symlink("cni", `${folder}/${name}`);
        const env = { CNI_COMMAND: "VERSION" };
        const { code, stdout, stderr } = await new Deno.Command(
          `${folder}/${name}`,
          { env, stdin: "null" },
        ).output();
        const [out, error] = [stdout, stderr].map((bytes) =>
          new TextDecoder().decode(bytes)
        );
        assertEquals([code, out, error], [0, reply, ""]);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
