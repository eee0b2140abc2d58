import { assertEquals } from "@std/assert";
import { namesIn } from "./aside.ts";
import type { Boot } from "./boot.ts";
import { BootMarks } from "./boot_marks.ts";

// Elsewhere no boots are told apart.
const test = Deno.build.os === "linux" ? Deno.test : Deno.test.ignore;

const ONE: Boot = "node.1";
const TWO: Boot = "node.2";

/** A folder of reservations, whose marks are told by names. */
function withFolder(
  run: (folder: {
    readonly path: string;
    readonly marks: BootMarks;
    readonly before: (boot: Boot) => readonly string[];
    readonly write: (name: string) => void;
  }) => void,
): void {
  const root = Deno.realPathSync(Deno.makeTempDirSync());
  const path = `${root}/net1`;
  const open = () =>
    new BootMarks({
      reservations: path,
      marks: { dataDir: root, names: ["marks"] },
    });
  Deno.mkdirSync(path);
  try {
    run({
      path,
      marks: open(),
      before: (boot) => [...open().madeBefore([boot], () => true)].sort(),
      write: (name) => Deno.writeTextFileSync(`${path}/${name}`, "c1\r\neth0"),
    });
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

test("BootMarks tells what was made in a boot that has ended", () => {
  withFolder(({ marks, before, write }) => {
    for (const name of ["10.0.0.2", "10.0.0.3", "10.0.0.4"]) write(name);
    marks.mark(["10.0.0.2", "fd00::1"], [ONE]);
    marks.mark(["10.0.0.3"], [TWO]);
    assertEquals(before(ONE), ["10.0.0.3"]);
    assertEquals(before(TWO), ["10.0.0.2"]);
    assertEquals(before("other.3"), []);
    const chosen = marks.madeBefore(
      ["node.3"],
      (name) => name === "10.0.0.3",
    );
    assertEquals([...chosen], ["10.0.0.3"]);
  });
});

test("BootMarks knows a file made again, by whatever clock", () => {
  withFolder(({ path, marks, before, write }) => {
    write("10.0.0.2");
    const { atime, mtime } = Deno.statSync(`${path}/10.0.0.2`);
    marks.mark(["10.0.0.2"], [ONE]);
    Deno.removeSync(`${path}/10.0.0.2`);
    // The same name, text and times, as after a boot whose clock began anew.
    write("10.0.0.2");
    Deno.utimeSync(`${path}/10.0.0.2`, atime!, mtime!);
    assertEquals(before(TWO), []);
    marks.mark(["10.0.0.2"], [TWO]);
    assertEquals(before(TWO), []);
    assertEquals(before("node.3"), ["10.0.0.2"]);
  });
});

test("BootMarks drops a file that was rewritten in place, or touched", () => {
  withFolder(({ path, marks, before, write }) => {
    for (const name of ["10.0.0.2", "10.0.0.3"]) {
      write(name);
      Deno.utimeSync(`${path}/${name}`, 1000, 1000);
    }
    marks.mark(["10.0.0.2", "10.0.0.3"], [ONE]);
    Deno.writeTextFileSync(`${path}/10.0.0.2`, "c2\r\neth0");
    assertEquals(before(TWO), ["10.0.0.3"]);
    Deno.utimeSync(`${path}/10.0.0.3`, 2000, 2000);
    assertEquals(before(TWO), []);
  });
});

test("BootMarks marks what is unknown, up to a limit", () => {
  withFolder(({ marks, before, write }) => {
    const names = ["10.0.0.2", "10.0.0.3", "10.0.0.4"];
    for (const name of names) write(name);
    assertEquals(marks.mark(["10.0.0.2"], [ONE]), true);
    assertEquals(marks.mark([], [ONE]), false);
    marks.markUnknown(names, [TWO], 1);
    assertEquals(before(ONE), ["10.0.0.3"]);
    marks.markUnknown(names, [TWO]);
    assertEquals(before(ONE), ["10.0.0.3", "10.0.0.4"]);
    assertEquals(before(TWO), ["10.0.0.2"]);
  });
});

test("BootMarks removes marks that are of no use", () => {
  withFolder(({ path, marks, before, write }) => {
    for (const name of ["10.0.0.2", "10.0.0.3"]) write(name);
    marks.mark(["10.0.0.2", "10.0.0.3"], [ONE]);
    marks.unmark("10.0.0.2");
    assertEquals(before(TWO), ["10.0.0.3"]);
    marks.unmark("10.0.0.2");
    Deno.removeSync(`${path}/10.0.0.3`);
    marks.markUnknown([], [TWO]);
    assertEquals(namesIn(`${path}/../marks`), [TWO]);
  });
});

test("BootMarks does not fail where it cannot write", () => {
  withFolder(({ path, before, write }) => {
    write("10.0.0.2");
    const marks = new BootMarks({
      reservations: path,
      marks: { dataDir: path, names: ["10.0.0.2", "marks"] },
    });
    marks.mark(["10.0.0.2"], [ONE]);
    marks.unmark("10.0.0.2");
    marks.markUnknown(["10.0.0.2"], [ONE]);
    assertEquals(before(TWO), []);
  });
});
