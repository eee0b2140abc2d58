import { assertEquals, assertRejects } from "@std/assert";
import { TRIAL_LASTS_MS, Trials, type TrialsOptions } from "./trials.ts";

/** A machine on which trials are counted. */
class Machine implements Disposable {
  readonly #folder = Deno.realPathSync(Deno.makeTempDirSync());
  readonly notes = `${this.#folder}/run/status`;
  isBroken = false;
  trials = 0;

  /** Whether a STATUS is content; the trials so far are counted. */
  async status(
    tried = "links",
    options: TrialsOptions = {},
  ): Promise<boolean> {
    const { notes: folder } = this;
    const real = { folder, buildId: "build 1", isInMemory: () => true };
    try {
      await new Trials({ ...real, ...options }).once(tried, () => {
        this.trials++;
        return this.isBroken
          ? Promise.reject(new RangeError()) //
          : Promise.resolve();
      });
      return true;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return false;
    }
  }

  /** The paths of the notes. */
  get paths(): readonly string[] {
    return [...Deno.readDirSync(this.notes)].map(({ name }) =>
      `${this.notes}/${name}`
    );
  }

  /** Lets time pass for the notes. */
  age(ms: number): void {
    const then = new Date(Date.now() - ms);
    this.paths.forEach((path) => Deno.utimeSync(path, then, then));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

Deno.test("Trials tries once what works", async () => {
  using machine = new Machine();
  for (let i = 0; i < 3; i++) assertEquals(await machine.status(), true);
  assertEquals(machine.trials, 1);
  await machine.status("other links");
  await machine.status("other links");
  assertEquals([machine.trials, machine.paths.length], [2, 2]);
});

Deno.test("Trials never takes what failed for tried", async () => {
  using machine = new Machine();
  machine.isBroken = true;
  assertEquals(await machine.status(), false);
  assertEquals(await machine.status(), false);
  machine.isBroken = false;
  assertEquals(await machine.status(), true);
  assertEquals(machine.trials, 3);
});

Deno.test("Trials notices what broke when the note has expired", async () => {
  using machine = new Machine();
  await machine.status();
  machine.isBroken = true;
  machine.age(TRIAL_LASTS_MS - 5000);
  assertEquals(await machine.status(), true);
  machine.age(TRIAL_LASTS_MS);
  assertEquals(await machine.status(), false);
  machine.age(-60_000);
  assertEquals(await machine.status(), false, "a clock that was set back");
});

Deno.test("Trials removes notes that have expired", async () => {
  using machine = new Machine();
  await machine.status("a");
  machine.age(TRIAL_LASTS_MS);
  await machine.status("b");
  assertEquals(machine.paths.length, 1);
  await machine.status("b");
  assertEquals(machine.trials, 2);
});

Deno.test("Trials believes no note but its own", async (t) => {
  const cases: Record<string, (machine: Machine) => TrialsOptions | void> = {
    "of another build": () => ({ buildId: "build 2" }),
    "of a folder that outlives the boot": (machine) => {
      Deno.removeSync(machine.notes, { recursive: true });
      return { isInMemory: () => false };
    },
    "cut short": ({ paths }) => Deno.truncateSync(paths[0]!, 20),
    "a link": ({ paths: [path] }) => {
      Deno.renameSync(path!, `${path}.moved`);
      Deno.symlinkSync(`${path}.moved`, path!);
    },
    "of a program run from its source": () => ({ buildId: "@build@" }),
  };
  for (const [why, change] of Object.entries(cases)) {
    await t.step({
      name: why,
      ignore: why === "a link" && Deno.build.os === "windows",
      fn: async () => {
        using machine = new Machine();
        await machine.status();
        const options = change(machine) ?? {};
        machine.isBroken = true;
        assertEquals(await machine.status("links", options), false);
        machine.isBroken = false;
        await machine.status("links", options);
        assertEquals(machine.trials, 3);
      },
    });
  }
});

Deno.test("Trials goes by where programs are found", async () => {
  using machine = new Machine();
  await machine.status();
  const path = Deno.env.get("PATH") ?? "";
  Deno.env.set("PATH", `/elsewhere:${path}`);
  try {
    await machine.status();
  } finally {
    Deno.env.set("PATH", path);
  }
  assertEquals(machine.trials, 2);
});

Deno.test("Trials does without notes where none can be left", async () => {
  using machine = new Machine();
  Deno.writeTextFileSync(machine.notes.replace("/status", ""), "no folder");
  assertEquals([await machine.status(), await machine.status()], [true, true]);
  assertEquals(machine.trials, 2);
  machine.isBroken = true;
  assertEquals(await machine.status(), false);
});

Deno.test({
  name: "Trials does without what is not permitted",
  permissions: { read: [], write: [], env: true },
  fn: async () => {
    let trials = 0;
    const trial = () => Promise.resolve(void trials++);
    const notes = new Trials({ buildId: "build 1" });
    await notes.once("links", trial);
    await notes.once("links", trial);
    assertEquals(trials, 2);
    await assertRejects(
      () => notes.once("links", () => Promise.reject(new RangeError())),
      RangeError,
    );
  },
});
