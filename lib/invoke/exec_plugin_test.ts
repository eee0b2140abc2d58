import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { CniError } from "../spec/mod.ts";
import { execPlugin } from "./exec_plugin.ts";
import { testCall, testPlugins } from "./_testing.ts";

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "execPlugin() hands over variables and stdin, and takes all output",
  ignore,
  async fn() {
    using plugins = testPlugins();
    const file = plugins.add(
      "p",
      'cat; echo "$CNI_COMMAND $CNI_CONTAINERID $CNI_NETNS $CNI_IFNAME ' +
        '$CNI_ARGS $CNI_PATH ${CNI_NETNS_OVERRIDE-unset} ${HOME:+home}" >&2; ' +
        "exit 3",
    );
    const call = testCall({ args: "A=1", path: "/p", stdin: "{}" });
    assertEquals(await execPlugin(file, call), {
      status: 3,
      stdout: "{}",
      stderr: "ADD c1 /run/netns/c1 eth0 A=1 /p unset home\n",
    });
    const override = testCall({ netnsOverride: "1" });
    assertStringIncludes((await execPlugin(file, override)).stderr, " 1 home");
  },
});

Deno.test({
  name: "execPlugin() does not mind a plugin that leaves stdin unread",
  ignore,
  async fn() {
    using plugins = testPlugins();
    const file = plugins.add("p", "echo done");
    const call = testCall({ stdin: "x".repeat(300_000) });
    assertEquals(await execPlugin(file, call), {
      status: 0,
      stdout: "done\n",
      stderr: "",
    });
  },
});

Deno.test({
  name: "execPlugin() takes more output than a pipe holds",
  ignore,
  async fn() {
    using plugins = testPlugins();
    const file = plugins.add(
      "p",
      "head -c 200000 /dev/zero | tr '\\0' e >&2; cat",
    );
    const stdin = "ü".repeat(100_000);
    const reply = await execPlugin(file, testCall({ stdin }));
    assertEquals(reply.stderr.length, 200_000);
    assert(reply.stdout === stdin);
  },
});

Deno.test({
  name: "execPlugin() tells the signal that ended a plugin",
  ignore,
  async fn() {
    using plugins = testPlugins();
    const file = plugins.add("p", "kill -SEGV $$");
    const reply = await execPlugin(file, testCall());
    assertEquals(reply.signal, "SIGSEGV");
  },
});

Deno.test({
  name: "execPlugin() waits for a file that is being written",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using plugins = testPlugins();
    const file = plugins.add("p", "echo done");
    const writer = Deno.openSync(file, { append: true });
    const timer = setTimeout(() => writer.close(), 20);
    const reply = await execPlugin(file, testCall(), {
      retryDelaysMs: [5, 5, 5, 200, 200],
    });
    clearTimeout(timer);
    assertEquals([reply.status, reply.stdout], [0, "done\n"]);
  },
});

Deno.test({
  name: "execPlugin() fails if the file stays busy",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using plugins = testPlugins();
    const file = plugins.add("p", "echo done");
    using _writer = Deno.openSync(file, { append: true });
    const error = await assertRejects(
      () => execPlugin(file, testCall(), { retryDelaysMs: [1, 1] }),
      CniError,
    );
    assertStringIncludes(error.details, "being written");
  },
});

Deno.test({
  name: "execPlugin() starts no plugin once it is aborted",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using plugins = testPlugins();
    const note = `${plugins.folder}/started`;
    const file = plugins.add("p", `touch ${note}`);
    const writer = Deno.openSync(file, { append: true });
    const controller = new AbortController();
    const { signal } = controller;
    const waits = execPlugin(file, testCall(), { signal, retryDelaysMs: [5] });
    controller.abort(new Error("no longer wanted"));
    writer.close();
    await assertRejects(() => waits, CniError, "no longer wanted");
    await assertRejects(() => Deno.stat(note), Deno.errors.NotFound);
  },
});

Deno.test({
  name: "execPlugin() says why a file could not be started",
  ignore,
  async fn(t) {
    using plugins = testPlugins();
    const { folder } = plugins;
    Deno.writeTextFileSync(`${folder}/plain`, "");
    Deno.writeTextFileSync(`${folder}/shebang`, "#!/nope/sh\n", {
      mode: 0o755,
    });
    const cases = {
      plain: Deno.errors.PermissionDenied,
      shebang: Deno.errors.NotFound,
      absent: Deno.errors.NotFound,
    };
    for (const [name, kind] of Object.entries(cases)) {
      await t.step(name, async () => {
        const error = await assertRejects(
          () => execPlugin(`${folder}/${name}`, testCall()),
          CniError,
        );
        assert(error.cause instanceof kind);
        assertStringIncludes(error.details, `${folder}/${name}`);
      });
    }
  },
});

/** Starts a child that lives on, prints its process id, and hangs. */
const HANGS = "echo stuck here >&2; sleep 60 & echo $!; sleep 60";

Deno.test({
  name: "execPlugin() ends a plugin and its children at the timeout",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using plugins = testPlugins();
    const note = `${plugins.folder}/pid`;
    const file = plugins.add("p", `(${HANGS}) >${note}`);
    const error = await assertRejects(
      () => execPlugin(file, testCall(), { timeoutMs: 150 }),
      CniError,
      "timed out after 150 ms",
    );
    assertStringIncludes(error.details, "stuck here");
    assertEquals(await hasEnded(Number(Deno.readTextFileSync(note))), true);
  },
});

Deno.test({
  name: "execPlugin() ends a plugin when aborted, with the reason as cause",
  ignore,
  async fn() {
    using plugins = testPlugins();
    const file = plugins.add("p", HANGS);
    const reason = new Error("no longer wanted");
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(reason), 50);
    const error = await assertRejects(
      () => execPlugin(file, testCall(), { signal: controller.signal }),
      CniError,
      "no longer wanted",
    );
    clearTimeout(timer);
    assertEquals(error.cause, reason);
    await assertRejects(
      () => execPlugin("/nope", testCall(), { signal: controller.signal }),
      CniError,
      "no longer wanted",
    );
  },
});

Deno.test({
  name: "execPlugin() does not wait for a child that left the group",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using plugins = testPlugins();
    const file = plugins.add("p", "setsid sleep 3 & echo away >&2; sleep 60");
    const start = performance.now();
    const error = await assertRejects(
      () => execPlugin(file, testCall(), { timeoutMs: 100 }),
      CniError,
    );
    assertStringIncludes(error.details, "away");
    assert(performance.now() - start < 2500);
  },
});

/**
 * Whether a process that was killed has ended: a moment may pass until it has.
 * One that goes on is ended here.
 */
async function hasEnded(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (!isRunning(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  Deno.kill(pid, "SIGKILL");
  return false;
}

/** Whether a process is there and is no zombie. */
function isRunning(pid: number): boolean {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return !/^State:\s+[ZX]/m.test(status);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
