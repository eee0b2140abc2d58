import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { openStateDir, type StateDir } from "./state_dir.ts";

const KEY = { key: "ipam.dataDir" };

/** Runs a test on a new folder `net1`, whose half-written files lie beside. */
async function withDir(
  run: (dir: StateDir, root: string) => void | Promise<void>,
): Promise<void> {
  const root = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    const tempPath = `${root}/.tmp`;
    const options = { ...KEY, create: true, tempPath } as const;
    await run(openStateDir(`${root}/net1`, options), root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

function assertCode(code: number, act: () => unknown): CniError {
  const error = assertThrows(act, CniError);
  assertEquals(error.code, code);
  return error;
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

Deno.test("openStateDir() makes a folder only when told", () =>
  withDir((dir, root) => {
    assertEquals(openStateDir(`${root}/net2`, KEY), undefined);
    assertEquals([...Deno.readDirSync(root)].length, 1);
    assertEquals(openStateDir(dir.path, KEY)?.path, dir.path);
    openStateDir(`${root}/a/b`, { ...KEY, create: true });
    assert(Deno.statSync(`${root}/a/b`).isDirectory);
  }));

Deno.test("openStateDir() refuses a file", () =>
  withDir((_dir, root) => {
    Deno.writeTextFileSync(`${root}/file`, "");
    assertCode(CniCode.InvalidConfig, () => openStateDir(`${root}/file`, KEY));
    const below = () =>
      openStateDir(`${root}/file/a`, { ...KEY, create: true });
    const { details } = assertCode(CniCode.IoFailure, below);
    assertStringIncludes(details, "a directory: ipam.dataDir leads there");
    assertStringIncludes(details, "remove the file, or choose another folder");
  }));

Deno.test("StateDir takes bare names only", () =>
  withDir(async (dir) => {
    for (const name of ["", ".", "..", "a/b", "/a", "../a", "a\0b", "a\nb"]) {
      const uses: Record<string, () => unknown> = {
        has: () => dir.has(name),
        read: () => dir.read(name),
        createExclusive: () => dir.createExclusive(name, "", 0o600),
        replace: () => dir.replace(name, "", 0o600),
        overwrite: () => dir.overwrite(name, "", 0o600),
        remove: () => dir.remove(name),
      };
      for (const use of Object.values(uses)) {
        assertCode(CniCode.InvalidConfig, use);
      }
      await assertRejects(() => dir.withLock(name, () => {}), CniError);
    }
    assertEquals(dir.names(), []);
  }));

Deno.test("StateDir follows no link and touches nothing behind it", () =>
  withDir(async (dir, root) => {
    Deno.writeTextFileSync(`${root}/target`, "kept");
    Deno.symlinkSync(`${root}/target`, `${dir.path}/link`);
    Deno.symlinkSync(`${root}/nowhere`, `${dir.path}/dangling`);
    for (const name of ["link", "dangling"]) {
      const uses = [
        () => dir.read(name),
        () => dir.replace(name, "new", 0o600),
        () => dir.overwrite(name, "new", 0o600),
      ];
      for (const use of uses) assertCode(CniCode.IoFailure, use);
      await assertRejects(() => dir.withLock(name, () => {}), CniError);
      assertEquals(dir.createExclusive(name, "new", 0o600), false);
      assertEquals(dir.has(name), true);
    }
    assertEquals([...dir.readAll(() => true)], []);
    assertEquals(dir.remove("link"), true);
    assertEquals(Deno.readTextFileSync(`${root}/target`), "kept");
    assertEquals([...Deno.readDirSync(root)].map((e) => e.name).sort(), [
      ".tmp",
      "net1",
      "target",
    ]);
  }));

Deno.test("StateDir.createExclusive() takes a name once", () =>
  withDir((dir, root) => {
    assertEquals(dir.createExclusive("a", "one\r\n", 0o600), true);
    assertEquals(dir.createExclusive("a", "two", 0o600), false);
    assertEquals(dir.read("a"), "one\r\n");
    Deno.mkdirSync(`${dir.path}/folder`);
    assertEquals(dir.createExclusive("folder", "", 0o600), false);
    assertEquals([...Deno.readDirSync(`${root}/.tmp`)], []);
    if (Deno.build.os !== "windows") {
      assertEquals(modeOf(`${dir.path}/a`), 0o600 & ~Deno.umask());
    }
  }));

Deno.test("StateDir.replace() and overwrite() leave the new text", () =>
  withDir((dir, root) => {
    dir.replace("a", "a long first text", 0o600);
    dir.replace("a", "new", 0o600);
    dir.overwrite("b", "a long first text", 0o600);
    dir.overwrite("b", "new", 0o600);
    assertEquals([dir.read("a"), dir.read("b")], ["new", "new"]);
    assertEquals(dir.names().toSorted(), ["a", "b"]);
    assertEquals([...Deno.readDirSync(`${root}/.tmp`)], []);
    Deno.mkdirSync(`${dir.path}/folder`);
    assertCode(CniCode.IoFailure, () => dir.replace("folder", "", 0o600));
  }));

Deno.test("StateDir.remove() tells whether there was something", () =>
  withDir((dir) => {
    dir.createExclusive("a", "", 0o600);
    assertEquals([dir.remove("a"), dir.remove("a")], [true, false]);
    Deno.mkdirSync(`${dir.path}/folder`);
    assertCode(CniCode.IoFailure, () => dir.remove("folder"));
    assertEquals(dir.has("folder"), true);
  }));

Deno.test("StateDir.readAll() reads the regular files that are wanted", () =>
  withDir((dir) => {
    for (const name of ["a", "b", "c"]) {
      dir.createExclusive(name, `text ${name}`, 0o600);
    }
    Deno.mkdirSync(`${dir.path}/folder`);
    const found = [...dir.readAll((name) => name !== "b")];
    assertEquals(found.toSorted(), [["a", "text a"], ["c", "text c"]]);
  }));

Deno.test("StateDir clears what a crash left half-written", async (t) => {
  const crash = (root: string) => {
    Deno.mkdirSync(`${root}/.tmp`);
    Deno.writeTextFileSync(`${root}/.tmp/tmp.1.old`, "half");
    Deno.writeTextFileSync(`${root}/.tmp/other`, "not a temporary file");
  };
  const leftOver = (root: string) =>
    [...Deno.readDirSync(`${root}/.tmp`)].map((entry) => entry.name).sort();
  await t.step("at once under the lock", () =>
    withDir(async (dir, root) => {
      crash(root);
      await dir.withLock("lock", () => dir.createExclusive("a", "", 0o600));
      assertEquals(leftOver(root), ["other"]);
    }));
  await t.step(
    "after a while without one, as its writer may live",
    () =>
      withDir((dir, root) => {
        crash(root);
        dir.createExclusive("a", "", 0o600);
        assertEquals(leftOver(root), ["other", "tmp.1.old"]);
        Deno.utimeSync(`${root}/.tmp/tmp.1.old`, 1, 1);
        openStateDir(dir.path, { ...KEY, tempPath: `${root}/.tmp` })
          ?.createExclusive("b", "", 0o600);
        assertEquals(leftOver(root), ["other"]);
      }),
  );
});

Deno.test("StateDir hides its own folder of half-written files", () =>
  withDir((_dir, root) => {
    const dir = openStateDir(`${root}/net2`, { ...KEY, create: true });
    dir.replace("a", "", 0o600);
    assertEquals(dir.names(), ["a"]);
    assert(Deno.statSync(`${root}/net2/.tmp`).isDirectory);
  }));

Deno.test("StateDir.withLock() holds others off, and lets go of a throw", () =>
  withDir(async (dir) => {
    const isFree = () => {
      using file = Deno.openSync(`${dir.path}/lock`);
      return file.tryLockSync(true);
    };
    assertEquals(await dir.withLock("lock", isFree), false);
    assertEquals(isFree(), true);
    await assertRejects(
      () =>
        dir.withLock("lock", () => {
          throw new RangeError("from within");
        }),
      RangeError,
      "from within",
    );
    assertEquals(isFree(), true);
    if (Deno.build.os !== "windows") {
      assertEquals(modeOf(`${dir.path}/lock`), 0o750 & ~Deno.umask());
    }
  }));

Deno.test("StateDir.withLock() serves calls of this process in their order", () =>
  withDir(async (dir) => {
    const order: number[] = [];
    {
      using file = Deno.openSync(`${dir.path}/lock`, LOCK_FILE);
      file.lockSync(true);
      for (const turn of [1, 2, 3]) {
        void dir.withLock("lock", () => void order.push(turn));
      }
      await Promise.resolve();
      assertEquals(order, []);
    }
    await dir.withLock("lock", () => void order.push(4));
    assertEquals(order, [1, 2, 3, 4]);
  }));

Deno.test({
  name: "StateDir.withLock() goes on after a wait that failed",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withDir(async (dir) => {
      Deno.mkdirSync(`${dir.path}/lock`);
      const first = dir.withLock("lock", () => 1);
      const second = dir.withLock("lock", () => 2);
      await assertRejects(() => first, CniError, "lock");
      await assertRejects(() => second, CniError, "lock");
      Deno.removeSync(`${dir.path}/lock`);
      assertEquals(await dir.withLock("lock", () => 3), 3);
    }),
});

Deno.test({
  name: "StateDir.withLock() lets timers go on while another process holds it",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withDir(async (dir) => {
      const path = `${dir.path}/lock`;
      await using other = await holdLock(path);
      let ticks = 0;
      const timer = setInterval(() => ticks++, 50);
      const start = Date.now();
      try {
        const turns = [1, 2].map(() => dir.withLock("lock", () => Date.now()));
        setTimeout(() => other.letGo(), 3000);
        for (const ended of await Promise.all(turns)) {
          assert(ended - start >= 2900, `${ended - start} ms`);
        }
      } finally {
        clearInterval(timer);
      }
      // A tenth of what they are on an idle machine.
      assert(ticks >= 6, `${ticks} ticks`);
    }),
});

const LOCK_FILE = { read: true, write: true, create: true } as const;

/** Has another process hold a lock. */
async function holdLock(path: string) {
  const script = `
    const file = Deno.openSync(Deno.args[0], ${JSON.stringify(LOCK_FILE)});
    file.lockSync(true);
    console.log("held");
    await Deno.stdin.read(new Uint8Array(1));
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--ext=ts", script, path],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  const letGo = async () => {
    await child.stdin.close().catch(() => {});
  };
  return {
    letGo,
    [Symbol.asyncDispose]: async () => {
      await letGo();
      await reader.cancel();
      await child.status;
    },
  };
}

/** Runs a test with one of Deno's functions replaced. */
function withFailing(
  name: "linkSync" | "renameSync",
  fail: (from: string) => void,
  run: () => void,
): void {
  const real = Deno[name];
  const wrapped = (from: string, to: string) => {
    fail(from);
    real(from, to);
  };
  Object.assign(Deno, { [name]: wrapped });
  try {
    run();
  } finally {
    Object.assign(Deno, { [name]: real });
  }
}

/** An error of the system, as Deno throws it. */
function systemError(errno: string, text: string): Error {
  return Object.assign(new Error(text), { code: errno });
}

Deno.test("StateDir writes where there are no hard links", async (t) => {
  const cases = {
    "a FAT": systemError("EPERM", "Operation not permitted (os error 1)"),
    "a share": systemError("EOPNOTSUPP", "Not supported (os error 95)"),
    "an errno that Deno does not name": new Error("Unknown (os error 95)"),
  };
  for (const [why, error] of Object.entries(cases)) {
    await t.step(why, () =>
      withDir((dir, root) => {
        const fail = () => {
          throw error;
        };
        withFailing("linkSync", fail, () => {
          assertEquals(dir.createExclusive("a", "one", 0o600), true);
          assertEquals(dir.createExclusive("a", "two", 0o600), false);
          Deno.symlinkSync("nowhere", `${dir.path}/link`);
          assertEquals(dir.createExclusive("link", "two", 0o600), false);
        });
        assertEquals(dir.read("a"), "one");
        assertEquals(dir.names().toSorted(), ["a", "link"]);
        assertEquals([...Deno.readDirSync(`${root}/.tmp`)], []);
      }));
  }
});

Deno.test("StateDir writes where the folder of half-written files is elsewhere", async (t) => {
  const notOwn = (dir: StateDir) => (from: string) => {
    if (from.startsWith(`${dir.path}/`)) return;
    throw systemError("EXDEV", "Invalid cross-device link (os error 18)");
  };
  const both = (dir: StateDir, run: () => void) =>
    withFailing(
      "linkSync",
      notOwn(dir),
      () => withFailing("renameSync", notOwn(dir), run),
    );
  await t.step("another file system", () =>
    withDir((dir, root) => {
      both(dir, () => {
        assertEquals(dir.createExclusive("a", "one", 0o600), true);
        assertEquals(dir.createExclusive("a", "two", 0o600), false);
        dir.replace("b", "three", 0o600);
      });
      assertEquals([dir.read("a"), dir.read("b")], ["one", "three"]);
      assertEquals([...Deno.readDirSync(dir.path)].length, 2);
      assertEquals([...Deno.readDirSync(`${root}/.tmp`)], []);
    }));
  await t.step("a file in its place", () =>
    withDir((dir, root) => {
      Deno.writeTextFileSync(`${root}/.tmp`, "kept");
      dir.replace("a", "one", 0o600);
      assertEquals(dir.read("a"), "one");
      assertEquals(Deno.readTextFileSync(`${root}/.tmp`), "kept");
    }));
  await t.step(
    "what a crash left then is hidden, and removed",
    () =>
      withDir((dir) => {
        Deno.writeTextFileSync(`${dir.path}/.tmp.1.old`, "half");
        Deno.utimeSync(`${dir.path}/.tmp.1.old`, 1, 1);
        assertEquals(dir.names(), []);
        assertEquals([...dir.readAll(() => true)], []);
        both(dir, () => dir.replace("a", "one", 0o600));
        assertEquals([...Deno.readDirSync(dir.path)].length, 1);
      }),
  );
});

Deno.test({
  name: "StateDir reads no file without an end in sight",
  ignore: Deno.build.os === "windows",
  fn() {
    const path = Deno.realPathSync(Deno.makeTempDirSync());
    try {
      const dir = openStateDir(path, { key: "dataDir" })!;
      Deno.writeTextFileSync(`${path}/small`, "c1");
      Deno.writeTextFileSync(`${path}/long`, "x".repeat(200_000));
      Deno.writeTextFileSync(`${path}/large`, "");
      Deno.truncateSync(`${path}/large`, 20 * 1024 * 1024);
      assertEquals(dir.read("long")?.length, 200_000);
      assertThrows(() => dir.read("large"), CniError, "Cannot read");
      const errors: unknown[] = [];
      const all = [...dir.readAll(() => true, (error) => errors.push(error))];
      assertEquals(all.map(([name]) => name).sort(), ["long", "small"]);
      assertEquals(errors.length, 1);
      assertThrows(() => [...dir.readAll(() => true)], CniError);
    } finally {
      Deno.removeSync(path, { recursive: true });
    }
  },
});
