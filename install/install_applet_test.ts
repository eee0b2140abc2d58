import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { installApplet, type InstallContext } from "./install_applet.ts";

/** A node to install on, and a program that stands in for this one. */
class Node implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly bin: string = `${this.folder}/opt/cni bin`;
  readonly confDir: string = `${this.folder}/net.d`;
  readonly self: string = `${this.folder}/self`;

  readonly #places = ["--bin-dir", this.bin, "--conf-dir", this.confDir];

  constructor() {
    this.writeProgram("1.2.3");
  }

  /** Writes the stand-in; `onVersion` is what it does when asked as a plugin. */
  writeProgram(version: string, onVersion = "exit 0"): void {
    const script = `#!/bin/sh
[ "$1" != --version ] || { echo "cni ${version}"; exit; }
[ "$CNI_COMMAND" != VERSION ] || { ${onVersion}; }
`;
    Deno.writeTextFileSync(this.self, script, { mode: 0o755 });
  }

  writeFile(path: string, text: string): string {
    const file = `${this.folder}/${path}`;
    Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(file, text);
    return file;
  }

  async run(
    applet: "install" | "uninstall",
    args: readonly string[] = [],
    { places = this.#places, ...more }:
      & Partial<InstallContext>
      & { readonly places?: readonly string[] } = {},
  ) {
    let [stdout, stderr] = ["", ""];
    const plugins = ["bridge", "host-local"] as const;
    const status = await installApplet(applet, [...places, ...args], {
      registry: new Map(
        plugins.map((name) => [name, () => Promise.reject(new Error(name))]),
      ),
      self: this.self,
      programVersion: "1.2.3",
      isCompiled: true,
      process: {
        env: () => "",
        writeStdout: (text) => void (stdout += text),
        writeStderr: (text) => void (stderr += text),
        readStdin: () => Promise.resolve(""),
        cwd: () => this.folder,
        isTerminal: () => false,
        onInterrupt: () => () => {},
      },
      ...more,
    });
    return { status, stdout, stderr };
  }

  /** All in a folder: a link's target, or a file's first line. */
  list(folder = this.bin): Record<string, string> {
    const entries = [...Deno.readDirSync(folder)].map(({ name, isSymlink }) => {
      const path = `${folder}/${name}`;
      const text = isSymlink
        ? `-> ${Deno.readLinkSync(path)}`
        : Deno.readTextFileSync(path).split("\n")[0] ?? "";
      return [name, text] as const;
    });
    return Object.fromEntries(entries.sort());
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

const INSTALLED = {
  bridge: "-> cni",
  cni: "#!/bin/sh",
  cnitool: "-> cni",
  "host-local": "-> cni",
};

function nodeTest(name: string, fn: (node: Node) => Promise<void>): void {
  const ignore = Deno.build.os === "windows";
  Deno.test({
    name,
    ignore,
    async fn() {
      using node = new Node();
      await fn(node);
    },
  });
}

nodeTest(
  "install puts program, links and configuration in place; again changes nothing",
  async (node) => {
    const conf = node.writeFile(
      "mine/10-net.conflist",
      `{"cniVersion":"1.1.0","name":"n","plugins":[{"type":"bridge"}]}`,
    );
    for (let round = 0; round < 2; round++) {
      const { status, stdout, stderr } = await node.run("install", [
        "--conf",
        conf,
      ]);
      assertEquals([status, stderr], [0, ""]);
      assertEquals(
        stdout,
        `Installed cni 1.2.3 and 3 links into ${node.bin}\n`,
      );
      assertEquals(node.list(), INSTALLED);
      assertEquals(Object.keys(node.list(node.confDir)), ["10-net.conflist"]);
    }
    assertEquals((await node.run("uninstall", ["--conf", conf])).status, 0);
    assertEquals([node.list(), node.list(node.confDir)], [{}, {}]);
    assertEquals((await node.run("uninstall")).status, 0);
  },
);

nodeTest(
  "install gives each file its mode, for any umask and mode of the source",
  async (node) => {
    const conf = node.writeFile("10-net.conf", `{"name":"n","type":"bridge"}`);
    Deno.chmodSync(conf, 0o666);
    for (const [mode, mask] of [[0o700, 0o077], [0o777, 0o000]] as const) {
      Deno.chmodSync(node.self, mode);
      const before = Deno.umask(mask);
      const { status } = await node.run("install", ["--conf", conf])
        .finally(() => Deno.umask(before));
      assertEquals(status, 0);
      const modes = [`${node.bin}/cni`, `${node.confDir}/10-net.conf`]
        .map((file) => Deno.statSync(file).mode! & 0o7777);
      // A configuration may hold secrets; any user may run a plugin.
      assertEquals(modes, [0o755, 0o600]);
    }
  },
);

nodeTest("install leaves a running program alone", async (node) => {
  await node.run("install");
  using running = Deno.openSync(`${node.bin}/cni`);
  const before = running.statSync();
  await node.run("install");
  assert(Deno.statSync(`${node.bin}/cni`).ino !== before.ino, "not replaced");
  assertEquals(running.statSync().size, before.size);
});

nodeTest(
  "install keeps all as it was when the new program does not work",
  async (node) => {
    await node.run("install");
    const before = Deno.statSync(`${node.bin}/cni`).ino;
    const broken: Record<string, () => void> = {
      "another version": () => node.writeProgram("9.9.9"),
      "no plugin": () =>
        node.writeProgram("1.2.3", "echo no plugin >&2; exit 1"),
      "no program": () => Deno.writeTextFileSync(node.self, "\0"),
      "not there": () => Deno.removeSync(node.self),
    };
    for (const [why, spoil] of Object.entries(broken)) {
      spoil();
      const { status, stderr } = await node.run("install");
      assertEquals(status, 1, why);
      assertStringIncludes(stderr, `Error: Cannot install into ${node.bin}: `);
      assertEquals(node.list(), INSTALLED, why);
      assertEquals(Deno.statSync(`${node.bin}/cni`).ino, before, why);
    }
  },
);

nodeTest(
  "install replaces other plugins and uninstall puts them back",
  async (node) => {
    Deno.mkdirSync(node.bin, { recursive: true });
    Deno.writeTextFileSync(`${node.bin}/bridge`, "theirs", { mode: 0o755 });
    Deno.symlinkSync("multi", `${node.bin}/host-local`);
    Deno.writeTextFileSync(`${node.bin}/portmap`, "theirs");
    const before = node.list();
    const { stdout } = await node.run("install");
    assertStringIncludes(stdout, `Replaced ${node.bin}/bridge`);
    assertEquals(node.list(), {
      ...INSTALLED,
      portmap: "theirs",
      ".bridge.before-cni": "theirs",
      ".host-local.before-cni": "-> multi",
    });
    await node.run("install");
    await node.run("uninstall");
    assertEquals(node.list(), before);
    assertEquals(Deno.statSync(`${node.bin}/bridge`).mode! & 0o777, 0o755);
  },
);

nodeTest(
  "install links anew from its own place and removes links of other versions",
  async (node) => {
    await node.run("install");
    Deno.symlinkSync("cni", `${node.bin}/gone`);
    Deno.removeSync(`${node.bin}/bridge`);
    const self = `${node.bin}/cni`;
    assertEquals((await node.run("install", [], { self })).status, 0);
    assertEquals(node.list(), INSTALLED);
  },
);

nodeTest(
  "install refuses a configuration that runtimes could not read",
  async (node) => {
    const cases: Record<string, readonly [string, string, number]> = {
      "no JSON": ["a.conflist", "{", 1],
      "no list": ["b.conflist", `{"name":"n","plugins":"bridge"}`, 1],
      "another ending": ["c.txt", "{}", 2],
    };
    for (const [why, [name, text, expected]] of Object.entries(cases)) {
      const conf = node.writeFile(name, text);
      const { status, stderr } = await node.run("install", ["--conf", conf]);
      assertEquals(status, expected, `${why}: ${stderr}`);
    }
    const absent = await node.run("install", ["--conf", "/none/x.conf"]);
    assertStringIncludes(absent.stderr, "Cannot read /none/x.conf");
  },
);

nodeTest(
  "install refuses forms that one file does not make, and says what to do",
  async (node) => {
    const portable = await node.run("install", [], { isCompiled: false });
    assertEquals(portable.status, 1);
    assertStringIncludes(portable.stderr, `make install BINDIR=${node.bin}`);
    const windows = await node.run("install", [], { os: "windows" });
    assertStringIncludes(windows.stderr, "make-links.cmd");
  },
);

nodeTest("install goes to /opt/cni/bin unless told otherwise", async (node) => {
  const { stderr } = await node.run("install", [], {
    isCompiled: false,
    places: [],
  });
  assertStringIncludes(stderr, "make install BINDIR=/opt/cni/bin in");
});

nodeTest(
  "install tells its usage, and refuses words that it does not know",
  async (node) => {
    const { status, stdout } = await node.run("install", ["--help"]);
    assertEquals(status, 0);
    assertStringIncludes(stdout, "cni install [--bin-dir DIR]");
    for (const flag of ["--bin-dir DIR ", "--conf FILE ", "--conf-dir DIR "]) {
      assertStringIncludes(stdout, `\n  ${flag}`);
    }
    assertEquals((await node.run("install", ["--bindir", "/x"])).status, 2);
    assertEquals((await node.run("uninstall", ["all"])).status, 2);
  },
);

nodeTest("install and uninstall tell what they do", async (node) => {
  const help = async (applet: "install" | "uninstall") =>
    (await node.run(applet, ["--help"])).stdout;
  assertStringIncludes(await help("install"), "Put this program and a link");
  assertStringIncludes(await help("uninstall"), "Take away what install has");
});

nodeTest("install tells what each flag is for, with defaults", async (node) => {
  const { stdout } = await node.run("install", ["--help"]);
  assertEquals(
    stdout.slice(stdout.indexOf("Usage:")),
    `Usage:
  cni install [--bin-dir DIR] [--conf FILE] [--conf-dir DIR]

Flags:
  --bin-dir DIR   folder of the plugins (/opt/cni/bin)
  --conf FILE     a network configuration, which keeps its name
  --conf-dir DIR  folder of the configurations (/etc/cni/net.d)
`,
  );
});

nodeTest("install says why it failed", async (node) => {
  const failure = `Error: Cannot install into ${node.bin}: `;
  const why: Record<string, readonly [string, string]> = {
    "the program's own words": ["echo no plugin >&2; exit 1", "no plugin\n"],
    "its status, where it says nothing": ["exit 7", "exit status 7\n"],
  };
  for (const [name, [onVersion, text]] of Object.entries(why)) {
    node.writeProgram("1.2.3", onVersion);
    const { status, stdout, stderr } = await node.run("install");
    assertEquals([status, stdout, stderr], [1, "", failure + text], name);
  }
});

nodeTest(
  "uninstall leaves configurations alone, unless one is named",
  async (node) => {
    const conf = node.writeFile("a.conf", `{"name":"n","type":"bridge"}`);
    await node.run("install", ["--conf", conf]);
    const { status, stdout } = await node.run("uninstall");
    assertEquals([status, stdout], [0, `Uninstalled cni from ${node.bin}\n`]);
    assertEquals([Object.keys(node.list(node.confDir)), node.list()], [
      ["a.conf"],
      {},
    ]);
  },
);

nodeTest(
  "install points to its help where a word is wrong",
  async (node) => {
    const unknown = await node.run("uninstall", ["--confdir", "/x"]);
    assertEquals(unknown, {
      status: 2,
      stdout: "",
      stderr: `Error: unknown flag: --confdir

Did you mean --conf-dir?
Run 'cni uninstall --help' for usage.
`,
    });
    const extra = await node.run("install", ["all"]);
    assertStringIncludes(extra.stderr, 'arguments: "all"\n');
    assertStringIncludes(extra.stderr, "Run 'cni install --help' for usage.\n");
  },
);
