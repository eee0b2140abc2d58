import { assert, assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { openStateDir, type StateDir } from "./state_dir.ts";

const KEY = { key: "ipam.dataDir" };

/** Runs a test on a new folder `net1`, whose half-written files lie beside. */
function withDir(run: (dir: StateDir, root: string) => void): void {
  const root = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    const tempPath = `${root}/.tmp`;
    const options = { ...KEY, create: true, tempPath } as const;
    run(openStateDir(`${root}/net1`, options), root);
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

Deno.test("openStateDir() makes a folder only when told", () => {
  withDir((dir, root) => {
    assertEquals(openStateDir(`${root}/net2`, KEY), undefined);
    assertEquals([...Deno.readDirSync(root)].length, 1);
    assertEquals(openStateDir(dir.path, KEY)?.path, dir.path);
    openStateDir(`${root}/a/b`, { ...KEY, create: true });
    assert(Deno.statSync(`${root}/a/b`).isDirectory);
  });
});

Deno.test("openStateDir() refuses a file", () => {
  withDir((_dir, root) => {
    Deno.writeTextFileSync(`${root}/file`, "");
    assertCode(CniCode.InvalidConfig, () => openStateDir(`${root}/file`, KEY));
    const below = () =>
      openStateDir(`${root}/file/a`, { ...KEY, create: true });
    assertCode(CniCode.IoFailure, below);
  });
});

Deno.test("StateDir takes bare names only", () => {
  withDir((dir) => {
    for (const name of ["", ".", "..", "a/b", "/a", "../a", "a\0b", "a\nb"]) {
      const uses: Record<string, () => unknown> = {
        has: () => dir.has(name),
        read: () => dir.read(name),
        createExclusive: () => dir.createExclusive(name, "", 0o600),
        replace: () => dir.replace(name, "", 0o600),
        overwrite: () => dir.overwrite(name, "", 0o600),
        remove: () => dir.remove(name),
        withLock: () => dir.withLock(name, () => {}),
      };
      for (const use of Object.values(uses)) {
        assertCode(CniCode.InvalidConfig, use);
      }
    }
    assertEquals(dir.names(), []);
  });
});

Deno.test("StateDir follows no link and touches nothing behind it", () => {
  withDir((dir, root) => {
    Deno.writeTextFileSync(`${root}/target`, "kept");
    Deno.symlinkSync(`${root}/target`, `${dir.path}/link`);
    Deno.symlinkSync(`${root}/nowhere`, `${dir.path}/dangling`);
    for (const name of ["link", "dangling"]) {
      const uses = [
        () => dir.read(name),
        () => dir.replace(name, "new", 0o600),
        () => dir.overwrite(name, "new", 0o600),
        () => dir.withLock(name, () => {}),
      ];
      for (const use of uses) assertCode(CniCode.IoFailure, use);
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
  });
});

Deno.test("StateDir.createExclusive() takes a name once", () => {
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
  });
});

Deno.test("StateDir.replace() and overwrite() leave the new text", () => {
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
  });
});

Deno.test("StateDir.remove() tells whether there was something", () => {
  withDir((dir) => {
    dir.createExclusive("a", "", 0o600);
    assertEquals([dir.remove("a"), dir.remove("a")], [true, false]);
    Deno.mkdirSync(`${dir.path}/folder`);
    assertCode(CniCode.IoFailure, () => dir.remove("folder"));
    assertEquals(dir.has("folder"), true);
  });
});

Deno.test("StateDir.readAll() reads the regular files that are wanted", () => {
  withDir((dir) => {
    for (const name of ["a", "b", "c"]) {
      dir.createExclusive(name, `text ${name}`, 0o600);
    }
    Deno.mkdirSync(`${dir.path}/folder`);
    const found = [...dir.readAll((name) => name !== "b")];
    assertEquals(found.toSorted(), [["a", "text a"], ["c", "text c"]]);
  });
});

Deno.test("StateDir clears what a crash left half-written", async (t) => {
  const crash = (root: string) => {
    Deno.mkdirSync(`${root}/.tmp`);
    Deno.writeTextFileSync(`${root}/.tmp/tmp.1.old`, "half");
    Deno.writeTextFileSync(`${root}/.tmp/other`, "not a temporary file");
  };
  const leftOver = (root: string) =>
    [...Deno.readDirSync(`${root}/.tmp`)].map((entry) => entry.name).sort();
  await t.step("at once under the lock", () =>
    withDir((dir, root) => {
      crash(root);
      dir.withLock("lock", () => dir.createExclusive("a", "", 0o600));
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

Deno.test("StateDir hides its own folder of half-written files", () => {
  withDir((_dir, root) => {
    const dir = openStateDir(`${root}/net2`, { ...KEY, create: true });
    dir.replace("a", "", 0o600);
    assertEquals(dir.names(), ["a"]);
    assert(Deno.statSync(`${root}/net2/.tmp`).isDirectory);
  });
});

Deno.test("StateDir.withLock() holds others off, and lets go of a throw", () => {
  withDir((dir) => {
    const isFree = () => {
      using file = Deno.openSync(`${dir.path}/lock`);
      return file.tryLockSync(true);
    };
    assertEquals(dir.withLock("lock", isFree), false);
    assertEquals(isFree(), true);
    assertThrows(
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
  });
});
