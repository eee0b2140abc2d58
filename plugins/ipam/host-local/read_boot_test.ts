import { assertEquals } from "@std/assert";
import type { Boot } from "./boot.ts";
import { readBootWith } from "./read_boot.ts";

const ONE = "node.11111111-1111-4111-8111-111111111111";
const TWO = "node.22222222-2222-4222-8222-222222222222";
const THREE = "node.33333333-3333-4333-8333-333333333333";

// Elsewhere no boots are told apart.
const test = Deno.build.os === "linux" ? Deno.test : Deno.test.ignore;

/** A machine whose kernel counts how often it is asked. */
class Machine implements Disposable {
  readonly #folder = Deno.realPathSync(Deno.makeTempDirSync());
  readonly note = `${this.#folder}/run/notes/boot`;
  boot: Boot | undefined = ONE;
  isInMemory = true;
  asked = 0;
  /** The ids that are known without asking. */
  readonly read = (options?: { readonly leavesNote: boolean }) =>
    this.readBoot(options)?.ids.join(" ");
  readonly readBoot = readBootWith({
    noteDir: `${this.#folder}/run/notes`,
    ask: () => (this.asked++, this.boot),
    isInMemory: () => this.isInMemory,
  });

  loseMemory(): void {
    Deno.removeSync(`${this.#folder}/run`, { recursive: true });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

test("readBootWith() asks the kernel once in a boot", () => {
  using machine = new Machine();
  for (let i = 0; i < 3; i++) assertEquals(machine.read(), ONE);
  assertEquals(machine.asked, 1);
});

test("readBootWith() takes for a boot what lost its memory and its id", () => {
  using machine = new Machine();
  machine.read();
  machine.loseMemory();
  assertEquals(machine.read(), ONE);
  machine.boot = TWO;
  assertEquals(machine.read(), ONE);
  machine.loseMemory();
  assertEquals(machine.read(), TWO);
});

test("readBootWith() asks again when the note is damaged", () => {
  using machine = new Machine();
  machine.read();
  Deno.truncateSync(machine.note, ONE.length - 1);
  assertEquals([machine.read(), machine.asked], [ONE, 2]);
  Deno.truncateSync(machine.note);
  assertEquals([machine.read(), machine.asked], [ONE, 3]);
  assertEquals([machine.read(), machine.asked], [ONE, 3]);
});

test("readBootWith() leaves no note that would outlive the boot", () => {
  using machine = new Machine();
  machine.isInMemory = false;
  assertEquals([machine.read(), machine.asked], [undefined, 0]);
});

test("readBootWith() knows no boot when the kernel tells none", () => {
  using machine = new Machine();
  machine.boot = undefined;
  assertEquals([machine.read(), machine.read()], [undefined, undefined]);
  assertEquals(machine.asked, 2);
});

test("readBootWith() keeps the earlier ids when the machine was restored", () => {
  using machine = new Machine();
  machine.read();
  assertEquals(machine.readBoot()?.confirm(), true);
  assertEquals(Deno.readTextFileSync(machine.note), ONE);
  machine.boot = TWO;
  const before = machine.readBoot()!;
  const boot = machine.readBoot()!;
  assertEquals(boot.confirm(), true);
  assertEquals([...boot.ids], [TWO, ONE]);
  assertEquals(Deno.readTextFileSync(machine.note), `${TWO}\n${ONE}`);
  assertEquals(machine.read(), `${TWO} ${ONE}`);
  machine.boot = THREE;
  // It has read the note before that was rewritten.
  assertEquals(before.confirm(), true);
  assertEquals(machine.read(), `${THREE} ${TWO} ${ONE}`);
  machine.loseMemory();
  assertEquals(machine.read(), THREE);
});

test("readBootWith() takes another name of the machine for the same boot", () => {
  using machine = new Machine();
  machine.read();
  machine.boot = ONE.replace("node", "renamed");
  assertEquals(machine.readBoot()?.confirm(), true);
  assertEquals(machine.read(), ONE);
});

test("readBootWith() is certain of nothing by a note on a disk", () => {
  using machine = new Machine();
  machine.read();
  machine.isInMemory = false;
  for (const boot of [ONE, TWO]) {
    machine.boot = boot;
    assertEquals(machine.readBoot()?.confirm(), false);
  }
  assertEquals(Deno.readTextFileSync(machine.note), ONE);
});

test("readBootWith() is certain of nothing when the kernel tells none", () => {
  using machine = new Machine();
  machine.read();
  machine.boot = undefined;
  assertEquals(machine.readBoot()?.confirm(), false);
});

test("readBootWith() changes nothing when it is to leave no note", () => {
  using machine = new Machine();
  assertEquals(machine.read({ leavesNote: false }), ONE);
  machine.read();
  machine.boot = TWO;
  const boot = machine.readBoot({ leavesNote: false })!;
  assertEquals([boot.confirm(), ...boot.ids], [true, TWO, ONE]);
  assertEquals(machine.read({ leavesNote: false }), ONE);
  machine.loseMemory();
  assertEquals(machine.read({ leavesNote: false }), TWO);
  machine.boot = ONE;
  assertEquals(machine.read(), ONE);
});

Deno.test({
  name: "readBootWith() does without what is not permitted",
  permissions: { read: [], write: [], run: [] },
  fn: () => assertEquals(readBootWith()(), undefined),
});
