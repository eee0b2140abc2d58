import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import {
  must,
  namespaceTest,
  type TestNamespace,
  withNamespace,
} from "./_testing.ts";
import { applySteps } from "./apply_linux.ts";
import type { Run } from "./command.ts";
import { ipStep, type Place, type Step, sysctlStep } from "./step.ts";
import { UndoStack } from "./undo.ts";

/** A line of `ip` in the host, as one text. */
function host(line: string): Step {
  return ipStep("host", line, line.split(" "));
}

/** A line of `ip` in the container, as one text. */
function sandbox(line: string): Step {
  return ipStep("sandbox", line, line.split(" "));
}

/** A step with the line that undoes it. */
function undone(step: Step, line: string): Step {
  return { ...step, undo: line.split(" ") } as Step;
}

/** All kinds of steps, in both places, as an ADD might have them. */
function attachmentSteps(netns: string): readonly Step[] {
  return [
    undone(host("link add name qbr type bridge"), "link del dev qbr"),
    host("link set dev qbr up"),
    sysctlStep("host", "net/ipv4/ip_forward", "1"),
    undone(
      host(`link add name qve type veth peer name qeth netns ${netns}`),
      "link del dev qve",
    ),
    host("link set dev qve master qbr up"),
    undone(
      host("addr add 10.77.0.1/24 dev qbr"),
      "addr del 10.77.0.1/24 dev qbr",
    ),
    sandbox("link set dev lo up"),
    sysctlStep("sandbox", "net/ipv6/conf/qeth/accept_dad", "0"),
    sandbox("addr add 10.77.0.2/24 dev qeth"),
    sandbox("addr add fd77::2/64 dev qeth"),
    sandbox("link set dev qeth up"),
    undone(
      sandbox("route add default via 10.77.0.1 dev qeth"),
      "route del default via 10.77.0.1 dev qeth",
    ),
    host("link show dev qve"),
  ];
}

/** The names of all links, and all addresses and IPv4 routes but lo's own. */
async function stateOf(run: Run): Promise<unknown> {
  const show = async (...args: string[]) =>
    JSON.parse(await must(run, { program: "ip", args: ["-j", ...args] }));
  const links: { ifname: string; addr_info: { local: string }[] }[] =
    await show("addr", "show");
  return {
    links: links.map((link) => link.ifname),
    addresses: links.filter((link) => link.ifname !== "lo")
      .flatMap((link) => link.addr_info.map((address) => address.local)),
    routes: await show("route", "show"),
  };
}

const EMPTY = { links: ["lo"], addresses: [], routes: [] };

/** Applies steps, unwinds the undo and returns how it went. */
async function applyAndUndo(
  steps: readonly Step[],
  { run, netns }: TestNamespace,
) {
  const undo = new UndoStack();
  let error: unknown;
  let shown: readonly unknown[] = [];
  try {
    shown = await applySteps(steps, { netns, run, undo });
  } catch (thrown) {
    error = thrown;
  }
  const states = () =>
    Promise.all([
      stateOf(run),
      stateOf((command) =>
        run({
          ...command,
          program: "nsenter",
          args: [`--net=${netns}`, "--", command.program, ...command.args],
        })
      ),
    ]);
  const before = await states();
  const faults = await undo.unwind();
  return { shown, error, faults, before, after: await states() };
}

namespaceTest(
  "applySteps() does its steps in both namespaces, and undoes them",
  async ({ run }) => {
    await withNamespace(async ({ netns }) => {
      const steps = attachmentSteps(netns);
      const end = await applyAndUndo(steps, { run, netns });
      assertEquals([end.error, end.faults], [undefined, []]);
      const [[link]] = end.shown as [[{ ifname: string; master: string }]];
      assertEquals([link.ifname, link.master], ["qve", "qbr"]);
      const [hostState, sandboxState] = end.before as { links: string[] }[];
      assertEquals(hostState?.links.toSorted(), ["lo", "qbr", "qve"]);
      assertEquals(sandboxState?.links, ["lo", "qeth"]);
      assertNotEquals(end.before[1], EMPTY);
      assertEquals(end.after, [EMPTY, EMPTY]);
    });
  },
);

/** Steps that fail, each in its own way. */
function failingSteps(place: Place): Readonly<Record<string, Step>> {
  const step = (line: string) => ipStep(place, line, line.split(" "));
  return {
    "no such device": step("link set dev qnone up"),
    // ip ends at once and names no line.
    "a word that ip cannot use": step("link set dev lo master qnone"),
    "a prefix that ip cannot use": step("addr add 10.77.0.300/24 dev lo"),
    "a link that exists": step("link add name lo type bridge"),
    "a parameter that does not exist": sysctlStep(
      place,
      "net/ipv4/conf/qnone/forwarding",
      "1",
    ),
    "a parameter that takes no such value": sysctlStep(
      place,
      "net/ipv4/conf/all/arp_ignore",
      "many",
    ),
  };
}

namespaceTest(
  "applySteps() leaves nothing behind, whichever step fails",
  async ({ run }, t) => {
    await withNamespace(async ({ netns }) => {
      const steps = attachmentSteps(netns);
      const last = steps.length;
      for (let index = 0; index <= last; index++) {
        const place = steps[Math.min(index, last - 1)]!.place;
        for (const [why, failing] of Object.entries(failingSteps(place))) {
          // One kind of failure at each step, all kinds in the end.
          const kinds = Object.keys(failingSteps(place));
          if (kinds.indexOf(why) !== index % kinds.length) continue;
          await t.step(`${why}, as step ${index}`, async () => {
            const list = steps.toSpliced(index, 0, failing);
            const end = await applyAndUndo(list, { run, netns });
            const error = end.error as CniError;
            assertEquals(error instanceof CniError, true, String(error));
            assertEquals(error.code, CniCode.Internal);
            assertEquals(error.message, `Cannot ${failing.purpose}`);
            assertEquals(end.faults, []);
            assertEquals(end.after, [EMPTY, EMPTY]);
          });
        }
      }
    });
  },
);

namespaceTest(
  "applySteps() forgives what is there already",
  async ({ run, netns }) => {
    const may = (line: string) => ({ ...host(line), mayExist: true }) as Step;
    const steps = [
      may("link add name qbr type bridge"),
      may("addr add 10.77.0.1/24 dev qbr"),
      may("addr add fd77::1/64 dev qbr"),
      host("link set dev qbr up"),
      may("route add 10.88.0.0/16 dev qbr"),
    ];
    for (let round = 0; round < 2; round++) {
      const undo = new UndoStack();
      await applySteps(steps, { netns, run, undo });
    }
  },
);

namespaceTest(
  "applySteps() undoes in peace what is gone already",
  async ({ run }) => {
    const undo = new UndoStack();
    await withNamespace(async ({ netns }) => {
      await applySteps([
        undone(host("link add name qbr type bridge"), "link del dev qbr"),
        host("link set dev qbr up"),
        undone(
          host("addr add 10.77.0.1/24 dev qbr"),
          "addr del 10.77.0.1/24 dev qbr",
        ),
        undone(
          host("addr add fd77::1/64 dev qbr"),
          "addr del fd77::1/64 dev qbr",
        ),
        undone(
          host("route add 10.88.0.0/16 dev qbr"),
          "route del 10.88.0.0/16 dev qbr",
        ),
        undone(
          sandbox("link add name qdev type bridge"),
          "link del dev qdev",
        ),
      ], { netns, run, undo });
      for (
        const args of [["route", "flush", "dev", "qbr"], [
          "addr",
          "flush",
          "dev",
          "qbr",
        ]]
      ) {
        await must(run, { program: "ip", args });
      }
    });
    assertEquals(await undo.unwind(), []);
    assertEquals(await stateOf(run), EMPTY);
  },
);

namespaceTest(
  "applySteps() tells that the container's namespace is gone",
  async ({ run }) => {
    const undo = new UndoStack();
    const netns = "/run/netns/unit-no-such-namespace";
    const steps = [
      undone(host("link add name qbr type bridge"), "link del dev qbr"),
      sandbox("link set dev lo up"),
    ];
    const act = () => applySteps(steps, { netns, run, undo });
    const error = await assertRejects(act, CniError);
    assertEquals(
      error.message,
      "Cannot enter the container's network namespace",
    );
    assertEquals(await undo.unwind(), []);
    assertEquals(await stateOf(run), EMPTY);
  },
);
