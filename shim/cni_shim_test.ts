import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseRequest } from "../daemon/wire.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";
import { compileShim } from "../scripts/shim.ts";

/** Says what it was executed with, in place of the program. */
const FAKE_CNI = `#!/bin/sh
printf 'executed %s, %s bytes' "$*" "$(wc -c)"
echo "to stderr" >&2
exit 3
`;

/** What the shim under test is compiled with: faults of its memory are fatal. */
const SANITIZERS = [
  ...["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
  "-DSILENCE_S=1",
];

const folder = await Deno.makeTempDir({ prefix: "cni-shim-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const isBuilt = Deno.build.os === "linux" &&
  await compileShim(PROJECT_ROOT, {
    buildId: "test-build",
    output: `${folder}/cni-shim`,
    flags: SANITIZERS,
  });
if (isBuilt) {
  await Deno.writeTextFile(`${folder}/cni`, FAKE_CNI, { mode: 0o755 });
  await Deno.symlink("cni-shim", `${folder}/bridge`);
}

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly command?: string;
  readonly stdin?: string;
  /** Starts the shim by other words, such as a shell's. */
  readonly words?: readonly string[];
  readonly socket?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function callShim(
  { command = "ADD", stdin = "{}", words, socket, env = {} }: Started = {},
): Promise<Ended> {
  const [program, ...args] = words ?? [`${folder}/bridge`];
  const child = new Deno.Command(program!, {
    args,
    clearEnv: true,
    env: {
      PATH: "/usr/bin:/bin",
      CNI_COMMAND: command,
      CNI_CONTAINERID: "c1",
      // What it holds when it ends, the system takes back.
      ASAN_OPTIONS: "detect_leaks=0",
      CNI_DAEMON_SOCKET: socket ?? `${folder}/none.sock`,
      ...env,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const fed = writer.write(new TextEncoder().encode(stdin))
    .then(() => writer.close()).catch(() => {});
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), fed]);
  const decoder = new TextDecoder();
  return {
    status: code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** A daemon that does with each connection what the test says. */
function fakeDaemon(serve: (conn: Deno.Conn) => Promise<void>) {
  const socket = `${folder}/${crypto.randomUUID().slice(0, 8)}.sock`;
  const listener = Deno.listen({ transport: "unix", path: socket });
  const served = (async () => {
    for await (const conn of listener) {
      await serve(conn).catch(() => {});
      try {
        conn.close();
      } catch {
        // The test has closed it.
      }
    }
  })();
  return {
    socket,
    [Symbol.asyncDispose]: async () => {
      // This removes the socket's file as well.
      listener.close();
      await served.catch(() => {});
    },
  };
}

/** Reads a whole request: first line, header and stdin. */
async function readAll(conn: Deno.Conn) {
  let bytes: Uint8Array = new Uint8Array();
  const chunk = new Uint8Array(1 << 20);
  const grow = async () => {
    const got = await conn.read(chunk);
    if (got === null) throw new Error("The shim has closed the connection");
    const next = new Uint8Array(bytes.length + got);
    next.set(bytes);
    next.set(chunk.subarray(0, got), bytes.length);
    bytes = next;
  };
  while (!bytes.includes(10)) await grow();
  const end = bytes.indexOf(10);
  const line = new TextDecoder().decode(bytes.subarray(0, end));
  const [, header = 0, stdin = 0] = line.split(" ").map(Number);
  while (bytes.length < end + 1 + header + stdin) await grow();
  const body = bytes.subarray(end + 1);
  return parseRequest(body.subarray(0, header), body.subarray(header));
}

const write = (conn: Deno.Conn, text: string) =>
  conn.write(new TextEncoder().encode(text));

function shimTest(name: string, fn: (t: Deno.TestContext) => Promise<void>) {
  const why = Deno.build.os !== "linux" ? "needs Linux" : "needs a C compiler";
  Deno.test({
    name: isBuilt ? name : `${name} (left out: ${why})`,
    ignore: !isBuilt,
    fn,
  });
}

const EXECUTED = { status: 3, stderr: "to stderr\n" };

shimTest("cni-shim executes cni where there is no daemon", async () => {
  assertEquals(await callShim({ stdin: "12345" }), {
    ...EXECUTED,
    stdout: "executed bridge, 5 bytes",
  });
  const byHand = await callShim({
    words: [`${folder}/bridge`, "--version", "two words"],
  });
  assertEquals(byHand.stdout, "executed bridge --version two words, 2 bytes");
});

shimTest(
  "cni-shim hands over the whole call and passes the reply on",
  async () => {
    let got: Awaited<ReturnType<typeof readAll>>;
    await using daemon = fakeDaemon(async (conn) => {
      got = await readAll(conn);
      await write(conn, "A");
      await write(conn, "..7 5 3\nhellobye");
    });
    const ended = await callShim({
      stdin: '{"a":1}',
      socket: daemon.socket,
      env: { CNI_NETNS: "/run/netns/x", CNI_ARGS: "A=1;B=ü", CNI_PATH: "/p" },
    });
    assertEquals(ended, { status: 7, stdout: "hello", stderr: "bye" });
    const { namespaces, cwd, variables, ...rest } = got!;
    // All of them, for the plugins of others that the daemon executes.
    assertEquals(variables.ASAN_OPTIONS, "detect_leaks=0");
    assertEquals(rest, {
      buildId: "test-build",
      applet: "bridge",
      environment: {
        command: "ADD",
        containerId: "c1",
        netns: "/run/netns/x",
        ifname: "",
        args: "A=1;B=ü",
        path: "/p",
        netnsOverride: "",
      },
      forceExec: false,
      isTraced: false,
      searchPath: "/usr/bin:/bin",
      stdin: '{"a":1}',
    });
    assertEquals(cwd, Deno.cwd());
    const { stdout } = await new Deno.Command("stat", {
      args: ["-Lc", "%d:%i", "/proc/self/ns/net", "/proc/self/ns/mnt"],
    }).output();
    const own = new TextDecoder().decode(stdout).trim().split("\n");
    assertEquals([namespaces.net, namespaces.mnt], own);
  },
);

shimTest("cni-shim executes cni as long as nothing has begun", async (t) => {
  const cases: Record<string, (conn: Deno.Conn) => Promise<unknown>> = {
    "declined": async (conn) => {
      await readAll(conn);
      await write(conn, "D");
    },
    "closed at once": () => Promise.resolve(),
    "closed after the request": (conn) => readAll(conn),
    "alive, then closed": async (conn) => {
      await readAll(conn);
      await write(conn, "..");
    },
  };
  for (const [why, serve] of Object.entries(cases)) {
    await t.step(why, async () => {
      await using daemon = fakeDaemon(async (conn) => void await serve(conn));
      const stdin = "x".repeat(3_000_000);
      const { socket } = daemon;
      assertEquals(await callShim({ stdin, socket }), {
        ...EXECUTED,
        stdout: "executed bridge, 3000000 bytes",
      }, why);
    });
  }
});

shimTest("cni-shim has an ADD taken back that it cannot report", async (t) => {
  for (const way of ["a full disk", "a closed pipe"]) {
    await t.step(way, async () => {
      let said: number | null = 0;
      const answer = new Uint8Array(8);
      await using daemon = fakeDaemon(async (conn) => {
        await readAll(conn);
        await write(conn, "A0 5 4\nhellobye\n");
        said = await conn.read(answer);
        await write(conn, "1 0 5\ndone\n");
      });
      const ending = way === "a full disk"
        ? '"$1/bridge" >/dev/full; echo "status $?"'
        : '{ sleep 0.3; "$1/bridge"; echo "status $?" >&2; } | exec sleep 0';
      const { stdout, stderr } = await callShim({
        words: ["sh", "-c", ending, "sh", folder],
        socket: daemon.socket,
      });
      const reason = way === "a full disk"
        ? "No space left on device"
        : "Broken pipe";
      assertEquals(
        stderr + stdout,
        `bye\nCannot write to stdout: ${reason}\ndone\nstatus 1\n`,
      );
      assertEquals([said, answer[0]], [1, "U".charCodeAt(0)]);
    });
  }
});

shimTest("cni-shim never runs a call twice", async (t) => {
  const cases: Record<string, (conn: Deno.Conn) => Promise<unknown>> = {
    "closed after it began": (conn) => write(conn, "A"),
    "closed within the reply": (conn) => write(conn, "A0 10 0\nhalf"),
    "silent after it began": async (conn) => {
      await write(conn, "A");
      await conn.read(new Uint8Array(1));
    },
    "silent before": (conn) => conn.read(new Uint8Array(1)),
    "garbage for a reply": (conn) => write(conn, "A" + "x".repeat(200)),
  };
  for (const [why, serve] of Object.entries(cases)) {
    await t.step(why, async () => {
      await using daemon = fakeDaemon(async (conn) => {
        await readAll(conn);
        await serve(conn);
      });
      const { status, stdout } = await callShim({ socket: daemon.socket });
      const { code, msg } = JSON.parse(stdout);
      assertEquals([status, code], [1, 11]);
      assertStringIncludes(msg, "Lost the cni daemon");
    });
  }
});

shimTest("cni-shim waits as long as the daemon lives", async () => {
  await using daemon = fakeDaemon(async (conn) => {
    await readAll(conn);
    await write(conn, "A");
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await write(conn, ".");
    }
    await write(conn, "0 2 0\n{}");
  });
  const { socket } = daemon;
  assertEquals(await callShim({ socket }), {
    status: 0,
    stdout: "{}",
    stderr: "",
  });
});

shimTest("cni-shim executes cni for what another plugin calls", async () => {
  let isAsked = false;
  await using daemon = fakeDaemon(() => {
    isAsked = true;
    return Promise.resolve();
  });
  const { socket } = daemon;
  const env = { CNI_DELEGATIONS: "1 c1/eth0 bridge" };
  const { stdout } = await callShim({ socket, stdin: "12345", env });
  assertEquals([stdout, isAsked], ["executed bridge, 5 bytes", false]);
});

shimTest("cni-shim answers VERSION though its stdin never ends", async () => {
  await using daemon = fakeDaemon(async (conn) => {
    const request = await readAll(conn);
    const text = `<${request?.stdin}>`;
    await write(conn, `A0 ${text.length} 0\n${text}`);
  });
  const child = new Deno.Command(`${folder}/bridge`, {
    env: {
      ASAN_OPTIONS: "detect_leaks=0",
      CNI_COMMAND: "VERSION",
      CNI_DAEMON_SOCKET: daemon.socket,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value), "<>");
  await reader.cancel();
  await child.stdin.close();
  await child.status;
});

shimTest("cni-shim moves ten MiB each way", async () => {
  const size = 10 << 20;
  await using daemon = fakeDaemon(async (conn) => {
    const request = await readAll(conn);
    const reply = new TextEncoder().encode(
      `A0 ${size} 0\n${"r".repeat(request!.stdin.length)}`,
    );
    let rest = reply;
    while (rest.length > 0) rest = rest.subarray(await conn.write(rest));
  });
  const { socket } = daemon;
  const { status, stdout } = await callShim({
    stdin: "s".repeat(size),
    socket,
  });
  assertEquals([status, stdout.length], [0, size]);
});

shimTest("cni-shim works in odd surroundings", async (t) => {
  const shell = (script: string) => ["sh", "-c", script, "sh", folder];
  const cases: Record<string, readonly [readonly string[], string]> = {
    "an empty environment": [
      shell('exec env -i "$1/bridge" </dev/null'),
      "executed bridge, 0 bytes",
    ],
    "a closed stdin": [
      shell('exec "$1/bridge" <&-'),
      "executed bridge, 0 bytes",
    ],
    "a folder that is gone": [
      shell('mkdir "$1/d" && cd "$1/d" && rmdir "$1/d" && exec "$1/bridge"'),
      "executed bridge, 2 bytes",
    ],
    "a name without a path": [
      shell("PATH=$1:$PATH exec bridge"),
      "executed bridge, 2 bytes",
    ],
  };
  for (const [why, [words, stdout]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const ended = await callShim({ words });
      assertEquals([ended.status, ended.stdout], [3, stdout], ended.stderr);
    });
  }
  await t.step("a closed stdin, and a daemon", async () => {
    await using daemon = fakeDaemon(async (conn) => {
      const request = await readAll(conn);
      await write(conn, `A0 ${request!.stdin.length + 2} 0\n{}`);
    });
    const { stdout } = await callShim({
      words: shell('exec "$1/bridge" <&-'),
      socket: daemon.socket,
    });
    assertEquals(stdout, "{}");
  });
});

shimTest(
  "cni-shim enters a network namespace in nsenter's place",
  async (t) => {
    if (Deno.uid() !== 0) return;
    const cases = {
      "a program in it": ["/proc/self/ns/net", "sh", "-c", "echo in; exit 7"],
      "no such file": ["/run/netns/none", "true"],
      "no namespace": ["/proc/self/exe", "true"],
      "no such program": ["/proc/self/ns/net", "no-such-program"],
    };
    for (const [why, [netns = "", ...program]] of Object.entries(cases)) {
      await t.step(why, async () => {
        const words = [`--net=${netns}`, "--", ...program];
        const ended = await callShim({
          words: [`${folder}/cni-shim`, ...words],
        });
        assertEquals(ended, await callShim({ words: ["nsenter", ...words] }));
      });
    }
  },
);

shimTest("cni-shim says that the program beside it is missing", async () => {
  const other = await Deno.makeTempDir();
  try {
    await Deno.copyFile(`${folder}/cni-shim`, `${other}/bridge`);
    const { status, stdout } = await callShim({ words: [`${other}/bridge`] });
    assertEquals([status, JSON.parse(stdout).code], [1, 999]);
  } finally {
    await Deno.remove(other, { recursive: true });
  }
});
