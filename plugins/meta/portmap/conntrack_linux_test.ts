import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Command,
  type Output,
  ProgramMissingError,
} from "../../../lib/linux/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { forwardingsWith, mapping } from "./_testing.ts";
import { parseConnections, staleDeletions } from "./conntrack.ts";
import type { Forwarding } from "./forwarding.ts";
import {
  flushEndedConnections,
  flushStaleConnections,
} from "./conntrack_linux.ts";

/** An executor that notes commands, which end so, and what it warns of. */
function executorWith(
  answer: (command: Command) => Partial<Output> = () => ({}),
) {
  const lines: string[] = [];
  const warnings: string[] = [];
  // Nothing else of an executor is used.
  const executor = {
    run: (command: Command) => {
      const { program, args, stdin } = command;
      lines.push([program, ...args, stdin ?? ""].join(" ").trim());
      try {
        const output = { status: 0, stdout: "", stderr: "" };
        return Promise.resolve({ ...output, ...answer(command) });
      } catch (error) {
        return Promise.reject(error);
      }
    },
    act: (_: unknown, act: () => unknown) => act(),
    warn: (text: string) => void warnings.push(text),
  } as unknown as Executor;
  return { executor, lines, warnings };
}

const UDP = mapping(53, 5353, { protocol: "udp" });
const ONE = forwardingsWith({}, [UDP, mapping(80, 8080)]).slice(0, 1);
const TWO = forwardingsWith({}, [UDP]);

/** A connection by port 53 from before it was mapped, as conntrack lists it. */
const LINE = (host: string, other: string) =>
  `udp 17 28 src=${other} dst=${host} sport=4000 dport=53 [UNREPLIED] ` +
  `src=${host} dst=${other} sport=53 dport=4000 mark=0 use=1\n`;
const LISTED4 = LINE("192.0.2.1", "192.0.2.9");
const LISTED = LISTED4 + LINE("2001:db8::1", "2001:db8::9");

const DELETIONS = staleDeletions(TWO, parseConnections(LISTED))
  .map((words) => words.join(" "));

/** Answers the listing, which the shell runs, and then conntrack itself. */
function answering(listing: string, output: Partial<Output> = {}) {
  return ({ program, stdin }: Command): Partial<Output> => {
    if (program === "conntrack") return output;
    return stdin?.includes("-L") ? { stdout: listing } : {};
  };
}

Deno.test("flushStaleConnections() deletes what keeps packets from mapped ports", async (t) => {
  assertEquals(DELETIONS.length, 2);
  const deletionsBy = async (
    forwardings: readonly Forwarding[],
    answer: (command: Command) => Partial<Output>,
  ) => {
    const { executor, lines, warnings } = executorWith(answer);
    await flushStaleConnections(forwardings, executor);
    assertEquals(warnings, []);
    return lines.slice(1);
  };
  await t.step("nothing is asked for ports of TCP", async () => {
    const { executor, lines } = executorWith();
    const tcp = forwardingsWith({}, [mapping(80, 8080)]);
    await flushStaleConnections(tcp, executor);
    assertEquals(lines, []);
  });
  await t.step("none", async () => {
    const answer = answering("status= 0\nstatus= 0\n");
    assertEquals(await deletionsBy(TWO, answer), []);
  });
  await t.step("one", async () => {
    const answer = answering(`${LISTED4}status= 0\n`);
    const [first] = DELETIONS;
    assertEquals(await deletionsBy(ONE, answer), [`conntrack ${first}`]);
  });
  await t.step("several at once", async () => {
    const answer = answering(`${LISTED}status= 0\nstatus= 0\n`);
    assertEquals(await deletionsBy(TWO, answer), [
      `conntrack -R - ${DELETIONS.join("\n")}`,
    ]);
  });
  await t.step("one after the other by an old conntrack", async () => {
    const listing = `${LISTED}status= 0\nstatus= 0\n`;
    const lines = await deletionsBy(TWO, answering(listing, { status: 2 }));
    const commands = DELETIONS.map((words) => `conntrack ${words}`);
    assertEquals(lines.slice(1), [`sh -s ${commands.join("\n")}`]);
  });
});

Deno.test("flushStaleConnections() warns of what it cannot list or delete", async (t) => {
  const listed = `${LISTED4}status= 0\n`;
  const none = "conntrack v1.4.7: 0 flow entries have been deleted.\n";
  const cases: Record<
    string,
    readonly [string, Partial<Output>, string | undefined]
  > = {
    "gone meanwhile": [listed, { status: 1, stderr: none }, undefined],
    "a failure": [listed, { status: 1, stderr: "no right\n" }, "no right"],
    "a failure without words": [listed, { status: 3 }, "status 3"],
    "a listing that fails": ["status= 5\n", {}, "status 5"],
    "a listing that breaks off": [LISTED4, {}, "status 0"],
  };
  for (const [why, [listing, output, warning]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const { executor, warnings } = executorWith(answering(listing, output));
      await flushStaleConnections(ONE, executor);
      assertEquals(warnings.length, warning === undefined ? 0 : 1);
      assertStringIncludes(warnings[0] ?? "", warning ?? "");
    });
  }
});

Deno.test("flushStaleConnections() asks the kernel where conntrack is missing", async (t) => {
  const cases: Record<string, readonly [Partial<Output>, number]> = {
    "a connection": [{ stdout: `ipv4 2 ${LISTED4}` }, 1],
    "none": [{ status: 1 }, 0],
    "no file to read": [{ status: 2 }, 1],
  };
  for (const [why, [output, count]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const { executor, warnings } = executorWith(({ stdin }) =>
        stdin?.includes("-L") ? { stdout: "status= 127\n" } : output
      );
      await flushStaleConnections(ONE, executor);
      assertEquals(warnings.length, count);
    });
  }
});

Deno.test("flushEndedConnections() goes by each address, and is never an error", async (t) => {
  const port = { hostPort: 53, containerPort: 5353, protocol: "udp" } as const;
  const ports = [
    { ...port, address: "10.77.0.2", family: 4 },
    { ...port, hostPort: 54, address: "10.77.0.2", family: 4 },
    { ...port, address: "fd77::2", family: 6 },
    { ...port, protocol: "tcp", address: "10.77.0.3", family: 4 },
  ] as const;
  const by = (family: number, words: string) =>
    `conntrack -D -f ipv${family} -p udp ${words}`;
  await t.step("what asked, and what has answered", async () => {
    const { executor, lines } = executorWith(() => ({ status: 1 }));
    await flushEndedConnections(ports, executor);
    assertEquals(lines, [
      by(4, "--dst-nat 10.77.0.2"),
      by(4, "--orig-src 10.77.0.2"),
      by(6, "--dst-nat fd77::2"),
      by(6, "--orig-src fd77::2"),
    ]);
  });
  await t.step("answers that come on meanwhile, three at most", async () => {
    const { executor, lines } = executorWith();
    await flushEndedConnections(ports.slice(0, 1), executor);
    const answered = by(4, "--orig-src 10.77.0.2");
    assertEquals(lines.slice(1), [answered, answered, answered]);
  });
  await t.step("nothing without conntrack", async () => {
    const { executor, lines } = executorWith(({ program }) => {
      throw new ProgramMissingError(program, undefined);
    });
    await flushEndedConnections(ports, executor);
    assertEquals(lines.length, 1);
  });
});
