import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { versionReply } from "../lib/plugin/mod.ts";
import { registryFor } from "../plugins/mod.ts";
import { installApplet, type InstallContext } from "./install_applet.ts";

const PLUGINS = new Map(
  [...registryFor("linux")].filter(([name]) =>
    ["bridge", "host-local"].includes(name)
  ),
);

const [LOAD] = PLUGINS.values();
const REPLY = versionReply(await LOAD!()).stdout.trim();

/** A node to install on, and a program that stands in for this one. */
class Node implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly bin: string = `${this.folder}/opt/cni bin`;
  readonly confDir: string = `${this.folder}/net.d`;
  readonly self: string = `${this.folder}/self`;

  readonly #places = [
    ...["--bin-dir", this.bin, "--conf-dir", this.confDir],
    ...["--prefix", `${this.folder}/usr`],
  ];

  constructor() {
    this.writeProgram("1.2.3");
  }

  /** Writes the stand-in; `onVersion` is what it does when asked as a plugin. */
  writeProgram(version: string, onVersion = `echo '${REPLY}'; exit`): void {
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
    const status = await installApplet(applet, [...places, ...args], {
      registry: PLUGINS,
      self: this.self,
      programVersion: "1.2.3",
      buildId: "b1",
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

  /** All in a folder but the record: a link's target, or what a file says. */
  list(folder = this.bin): Record<string, string> {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => name !== ".cni-installed");
    return Object.fromEntries(
      names.sort().map((name) => [name, this.show(`${folder}/${name}`)]),
    );
  }

  show(path: string): string {
    if (Deno.lstatSync(path).isSymlink) return `-> ${Deno.readLinkSync(path)}`;
    const text = Deno.readTextFileSync(path);
    if (text.includes("--version")) return "program";
    return text.includes("exec") ? "starter" : text;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

const INSTALLED = {
  bridge: "starter",
  cni: "program",
  "cni-launcher": "starter",
  cnitool: "starter",
  "host-local": "starter",
};

/** Stands in for the shim: it starts the program under its own name. */
const SHIM = `#!/bin/sh
# build b1
exec "\${0%/*}/cni" "\${0##*/}"
`;

function filesBelow(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${folder}/${name}`) : [`${folder}/${name}`]
  );
}

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
  "install puts program, names, links and configuration in place; again changes nothing",
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
      const links = ["cni", "cnitool"];
      const usr = `${node.folder}/usr/bin`;
      const said = links.map((name) =>
        `Linked ${usr}/${name} to ${node.bin}/${name}\n`
      );
      assertEquals(
        stdout,
        `${round === 0 ? said.join("") : ""}` +
          `Installed cni 1.2.3 and 3 names into ${node.bin}\n`,
      );
      assertEquals(node.list(), INSTALLED);
      const led = links.map((name) => [name, `-> ${node.bin}/${name}`]);
      assertEquals(node.list(usr), Object.fromEntries(led));
      assertEquals(Object.keys(node.list(node.confDir)), ["10-net.conflist"]);
    }
    assertEquals((await node.run("uninstall", ["--conf", conf])).status, 0);
    assertEquals([node.list(), node.list(node.confDir)], [{}, {}]);
    assertEquals(node.list(`${node.folder}/usr/bin`), {});
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
      "another reply": () => node.writeProgram("1.2.3", "echo '{}'; exit"),
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
    assertStringIncludes(
      stdout,
      `Kept ${node.bin}/bridge as .bridge.before-cni\n`,
    );
    assertEquals(node.list(), {
      ...INSTALLED,
      portmap: "theirs",
      ".bridge.before-cni": "theirs",
      ".host-local.before-cni": "-> multi",
    });
    await node.run("install");
    const { stdout: said } = await node.run("uninstall");
    assertStringIncludes(said, `Put back ${node.bin}/bridge\n`);
    assertEquals(node.list(), before);
    assertEquals(Deno.statSync(`${node.bin}/bridge`).mode! & 0o777, 0o755);
  },
);

nodeTest(
  "install by itself renews names, and takes over from links of before",
  async (node) => {
    Deno.mkdirSync(node.bin, { recursive: true });
    Deno.copyFileSync(node.self, `${node.bin}/cni`);
    for (const name of ["bridge", "cnitool", "gone"]) {
      Deno.symlinkSync("cni", `${node.bin}/${name}`);
    }
    const self = `${node.bin}/cni`;
    for (let round = 0; round < 2; round++) {
      const { status, stdout } = await node.run("install", [], { self });
      assertEquals([status, stdout.includes("Kept")], [0, false]);
      assertEquals(node.list(), INSTALLED);
    }
  },
);

nodeTest(
  "uninstall takes away links of before, and puts back what they replaced",
  async (node) => {
    Deno.mkdirSync(node.bin, { recursive: true });
    Deno.copyFileSync(node.self, `${node.bin}/cni`);
    Deno.symlinkSync("cni", `${node.bin}/bridge`);
    Deno.symlinkSync("cni", `${node.bin}/cnitool`);
    Deno.writeTextFileSync(`${node.bin}/.bridge.before-cni`, "theirs");
    assertEquals((await node.run("uninstall")).status, 0);
    assertEquals(node.list(), { bridge: "theirs" });
  },
);

nodeTest(
  "a plugin that is copied over a name replaces that name alone",
  async (node) => {
    await node.run("install");
    const theirs = node.writeFile("theirs/bridge", "theirs");
    const copy = new Deno.Command("cp", { args: ["-f", theirs, node.bin] });
    assertEquals((await copy.output()).code, 0);
    assertEquals(node.list(), { ...INSTALLED, bridge: "theirs" });
    const { stdout } = await node.run("uninstall");
    assertStringIncludes(
      stdout,
      `Left ${node.bin}/bridge: another program has replaced it\n`,
    );
    assertEquals(node.list(), { bridge: "theirs" });
  },
);

nodeTest(
  "links in the prefix replace and put back others, or are left out",
  async (node) => {
    const file = node.writeFile("usr/bin/cnitool", "theirs");
    await node.run("install", ["--no-links"]);
    assertEquals(node.list(`${node.folder}/usr/bin`), { cnitool: "theirs" });
    const { stdout } = await node.run("install");
    assertStringIncludes(stdout, `Kept ${file} as .cnitool.before-cni\n`);
    await node.run("uninstall");
    assertEquals(node.list(`${node.folder}/usr/bin`), { cnitool: "theirs" });
  },
);

nodeTest(
  "a configuration of others is kept and put back, one that was edited is left",
  async (node) => {
    const conf = node.writeFile("a.conf", `{"name":"n","type":"bridge"}`);
    const place = node.writeFile("net.d/a.conf", "theirs");
    const args = ["--conf", conf];
    const { stdout } = await node.run("install", args);
    assertStringIncludes(stdout, `Kept ${place} as .a.conf.before-cni\n`);
    await node.run("install", args);
    await node.run("uninstall", args);
    assertEquals(node.list(node.confDir), { "a.conf": "theirs" });
    await node.run("install", args);
    Deno.writeTextFileSync(place, "edited");
    const left = await node.run("uninstall", args);
    assertStringIncludes(left.stdout, `Left ${place}: it has changed since`);
    assertEquals(node.list(node.confDir)["a.conf"], "edited");
  },
);

nodeTest(
  "install stages into a folder that it writes nowhere",
  async (node) => {
    const dest = `${node.folder}/dest`;
    const args = ["--dest-dir", dest, "--resident"];
    node.writeFile("cni-shim", SHIM);
    Deno.chmodSync(`${node.folder}/cni-shim`, 0o755);
    const { status, stderr } = await node.run("install", args);
    assertEquals([status, stderr], [0, ""]);
    const usr = `${dest}${node.folder}/usr`;
    assertEquals(node.list(`${usr}/bin`).cni, `-> ${node.bin}/cni`);
    const unit = `${usr}/lib/systemd/system/cni-daemon.service`;
    assertStringIncludes(
      Deno.readTextFileSync(unit),
      `"${node.bin}/cni" daemon`,
    );
    for (const file of [`${dest}${node.bin}/.cni-installed`, unit]) {
      assertEquals(Deno.readTextFileSync(file).includes(dest), false, file);
    }
    await node.run("uninstall", ["--dest-dir", dest]);
    assertEquals(filesBelow(dest), []);
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
  "install refuses what cannot be installed, and says what to do",
  async (node) => {
    const sources = await node.run("install", [], { isCompiled: false });
    assertEquals(sources.status, 1);
    assertStringIncludes(sources.stderr, "build/bin/cni install");
    const windows = await node.run("install", [], { os: "windows" });
    assertStringIncludes(windows.stderr, "make-links.cmd");
    const comma = await node.run("install", [], { places: ["--bin-dir=/a,b"] });
    assertStringIncludes(comma.stderr, "without a comma");
  },
);

nodeTest(
  "install tells its usage, and refuses words that it does not know",
  async (node) => {
    const { status, stdout } = await node.run("install", ["--help"]);
    assertEquals(status, 0);
    assertStringIncludes(stdout, "cni install [flags]");
    for (const flag of ["--bin-dir DIR ", "--conf FILE ", "--resident "]) {
      assertStringIncludes(stdout, `\n  ${flag}`);
    }
    assertEquals((await node.run("install", ["--bindir", "/x"])).status, 2);
    assertEquals((await node.run("uninstall", ["all"])).status, 2);
  },
);

nodeTest("install and uninstall tell what they do", async (node) => {
  const help = async (applet: "install" | "uninstall") =>
    (await node.run(applet, ["--help"])).stdout;
  assertStringIncludes(
    await help("install"),
    "Put this program in place, under its own name",
  );
  assertStringIncludes(await help("uninstall"), "Take away what install has");
});

nodeTest("install tells what each flag is for, with defaults", async (node) => {
  const { stdout } = await node.run("install", ["--help"]);
  assertEquals(
    stdout.slice(stdout.indexOf("Usage:")),
    `Usage:
  cni install [flags]

Flags:
  --resident        plugins hand their calls to a daemon: see docs/resident.md
  --no-links        make no links in the prefix
  --bin-dir DIR     folder of the plugins (/opt/cni/bin)
  --prefix DIR      links to cni and cnitool in DIR/bin, files in DIR/lib (/usr/local)
  --conf FILE       a network configuration, which keeps its name
  --conf-dir DIR    folder of the configurations (/etc/cni/net.d)
  --dest-dir DIR    stage into DIR what is to be in these folders later
`,
  );
});

nodeTest(
  "install --resident refuses to do without a shim of its build",
  async (node) => {
    const absent = await node.run("install", ["--resident"]);
    const text = `${node.folder}/cni-shim is missing: a release or a build`;
    assertStringIncludes(absent.stderr, text);
    node.writeFile("cni-shim", SHIM.replace("b1", "b2"));
    const other = await node.run("install", ["--resident"]);
    assertStringIncludes(other.stderr, "cni-shim is of another build than cni");
    assertEquals([absent.status, other.status, node.list()], [1, 1, {}]);
  },
);

nodeTest(
  "install that cannot keep a file leaves the others as they were",
  async (node) => {
    node.writeFile("opt/cni bin/bridge", "theirs");
    Deno.mkdirSync(`${node.bin}/host-local`);
    const { status, stderr } = await node.run("install");
    assertEquals(status, 1);
    assertStringIncludes(stderr, "host-local");
    const names = [...Deno.readDirSync(node.bin)].map(({ name }) => name);
    assertEquals(names.sort(), ["bridge", "host-local"]);
    assertEquals(Deno.readTextFileSync(`${node.bin}/bridge`), "theirs");
  },
);

nodeTest("install says why it failed", async (node) => {
  const failure = `Error: Cannot install into ${node.bin}: `;
  const why: Record<string, readonly [string, string]> = {
    "the program's own words": [
      "echo no plugin >&2; exit 1",
      "no plugin\nbridge, asked for VERSION, ended with exit status 1\n",
    ],
    "its error object": [
      `echo '{"code":7}'; exit 1`,
      'bridge, asked for VERSION, ended with exit status 1: {"code":7}\n',
    ],
    "its status, where it says nothing": [
      "exit 7",
      "bridge, asked for VERSION, ended with exit status 7\n",
    ],
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
