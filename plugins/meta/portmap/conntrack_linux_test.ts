import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Command,
  type Output,
  ProgramMissingError,
} from "../../../lib/linux/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { forwardingsWith, mapping } from "./_testing.ts";
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
const DELETE4 = "-D -f ipv4 -p udp --orig-port-dst 53";
const DELETE6 = "-D -f ipv6 -p udp --orig-port-dst 53";

/** Answers for conntrack alone. */
const conntrack = (output: Partial<Output>) => ({ program }: Command) =>
  program === "conntrack" ? output : {};

Deno.test("flushStaleConnections() deletes what came by mapped ports of UDP", async (t) => {
  await t.step("none", async () => {
    const { executor, lines } = executorWith();
    const tcp = forwardingsWith({}, [mapping(80, 8080)]);
    await flushStaleConnections(tcp, executor);
    assertEquals(lines, []);
  });
  await t.step("one", async () => {
    const { executor, lines } = executorWith();
    await flushStaleConnections(ONE, executor);
    assertEquals(lines, [`conntrack ${DELETE4}`]);
  });
  await t.step("several at once", async () => {
    const { executor, lines } = executorWith();
    await flushStaleConnections(TWO, executor);
    assertEquals(lines, [`conntrack -R - ${DELETE4}\n${DELETE6}`]);
  });
  await t.step("one after the other by an old conntrack", async () => {
    const { executor, lines } = executorWith(conntrack({ status: 2 }));
    await flushStaleConnections(TWO, executor);
    const commands = `conntrack ${DELETE4}\nconntrack ${DELETE6}`;
    assertEquals(lines.slice(1), [`sh -s ${commands}`]);
  });
});

Deno.test("flushStaleConnections() warns of what it cannot delete", async (t) => {
  const cases: Record<string, readonly [Partial<Output>, string | undefined]> =
    {
      "nothing to delete": [{
        status: 1,
        stderr: "conntrack v1.4.7: 0 flow entries have been deleted.\n",
      }, undefined],
      "another failure": [{ status: 1, stderr: "no right\n" }, "no right"],
      "no words": [{ status: 3 }, "status 3"],
    };
  for (const [why, [output, warning]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const { executor, warnings } = executorWith(conntrack(output));
      await flushStaleConnections(ONE, executor);
      assertEquals(warnings.length, warning === undefined ? 0 : 1);
      assertStringIncludes(warnings[0] ?? "", warning ?? "");
    });
  }
});

Deno.test("flushStaleConnections() asks the kernel where conntrack is missing", async () => {
  // What grep ends with: a line, none, no file.
  for (const [status, count] of [[0, 1], [1, 0], [2, 1]] as const) {
    const { executor, lines, warnings } = executorWith(({ program }) => {
      if (program === "grep") return { status };
      throw new ProgramMissingError(program, undefined);
    });
    await flushStaleConnections(ONE, executor);
    assertEquals(warnings.length, count);
    const pattern = "^ipv4 .* udp .* dport=(53) .* src=";
    assertEquals(lines[1], `grep -qE ${pattern} /proc/net/nf_conntrack`);
  }
});

Deno.test("flushEndedConnections() goes by each address, once, and is never an error", async () => {
  const port = { hostPort: 53, containerPort: 5353, protocol: "udp" } as const;
  const ports = [
    { ...port, address: "10.77.0.2", family: 4 },
    { ...port, hostPort: 54, address: "10.77.0.2", family: 4 },
    { ...port, address: "fd77::2", family: 6 },
    { ...port, protocol: "tcp", address: "10.77.0.3", family: 4 },
  ] as const;
  const { executor, lines } = executorWith(() => ({ status: 1 }));
  await flushEndedConnections(ports, executor);
  assertEquals(lines, [
    "conntrack -D -f ipv4 -p udp --dst-nat 10.77.0.2",
    "conntrack -D -f ipv6 -p udp --dst-nat fd77::2",
  ]);
  const missing = executorWith(({ program }) => {
    throw new ProgramMissingError(program, undefined);
  });
  await flushEndedConnections(ports, missing.executor);
  assertEquals(missing.lines.length, 1);
});
