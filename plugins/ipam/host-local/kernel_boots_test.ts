import { assertEquals } from "@std/assert";
import type { Boot } from "./boot.ts";
import { kernelBoots } from "./kernel_boots.ts";

const ONE = { machine: "node", id: "11111111-1111-4111-8111-111111111111" };
const TWO = { machine: "node", id: "22222222-2222-4222-8222-222222222222" };

/** A machine whose kernel counts how often it is asked. */
function withMachine(
  run: (machine: {
    readonly noteDir: string;
    readonly asked: () => number;
    readonly current: (isVolatile?: boolean) => Boot | undefined;
    boot: Boot | undefined;
  }) => void,
): void {
  const folder = Deno.realPathSync(Deno.makeTempDirSync());
  const noteDir = `${folder}/notes`;
  let count = 0;
  const machine = {
    noteDir,
    asked: () => count,
    boot: ONE as Boot | undefined,
    current: (isVolatile = true) =>
      kernelBoots({
        noteDir,
        read: () => {
          count++;
          return machine.boot;
        },
        isVolatile: () => isVolatile,
      }).current(),
  };
  try {
    run(machine);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const isLinux = Deno.build.os === "linux";

Deno.test({
  name: "kernelBoots() asks the kernel once in a boot",
  ignore: !isLinux,
  fn: () =>
    withMachine((machine) => {
      for (let i = 0; i < 3; i++) assertEquals(machine.current(), ONE);
      assertEquals(machine.asked(), 1);
    }),
});

Deno.test({
  name: "kernelBoots() asks again when the note was lost or damaged",
  ignore: !isLinux,
  fn: () =>
    withMachine((machine) => {
      machine.current();
      Deno.removeSync(machine.noteDir, { recursive: true });
      assertEquals(machine.current(), ONE);
      assertEquals(machine.asked(), 2);
      Deno.truncateSync(`${machine.noteDir}/boot`, 10);
      assertEquals(machine.current(), ONE);
      assertEquals(machine.asked(), 3);
      Deno.removeSync(`${machine.noteDir}/boot`);
      assertEquals(machine.current(), ONE);
      assertEquals(machine.asked(), 4);
    }),
});

Deno.test({
  name: "kernelBoots() believes no note that may be of an earlier boot",
  ignore: !isLinux,
  fn: () =>
    withMachine((machine) => {
      machine.current();
      machine.boot = TWO;
      assertEquals(machine.current(false), undefined);
      assertEquals(machine.asked(), 1);
    }),
});

Deno.test({
  name: "kernelBoots() knows no boot when the kernel tells none",
  ignore: !isLinux,
  fn: () =>
    withMachine((machine) => {
      machine.boot = undefined;
      assertEquals(machine.current(), undefined);
      assertEquals(machine.current(), undefined);
      assertEquals(machine.asked(), 2);
    }),
});

Deno.test({
  name: "kernelBoots() does without what is not permitted",
  ignore: !isLinux,
  permissions: { read: [], write: [], run: [] },
  fn: () => {
    const boots = kernelBoots();
    assertEquals([boots.current(), boots.read()], [undefined, undefined]);
  },
});
