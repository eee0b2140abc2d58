import { assertEquals, assertStringIncludes } from "@std/assert";
import { testWith } from "../_testing.ts";
import { freeIfname } from "./ask_for_add.ts";
import { Cancelled, type Prompter } from "./prompter.ts";

/** Someone who gives the answers in order, and what was shown to them. */
function person(answers: readonly string[]) {
  const shown: string[] = [];
  const rest = [...answers];
  const next = (question: string) => {
    shown.push(question);
    const answer = rest.shift();
    if (answer === undefined) throw new Cancelled();
    return answer;
  };
  const prompter: Prompter = {
    choose: (question, choices) =>
      Promise.try(() => {
        const answer = next(question);
        shown.push(
          ...choices.map(({ label, hint }) =>
            `- ${label}${hint ? `: ${hint}` : ""}`
          ),
        );
        const chosen = choices.find(({ label }) => label === answer);
        if (chosen === undefined) throw new Error(`no choice "${answer}"`);
        return chosen.value;
      }),
    ask: (question, { initial, check } = {}) =>
      Promise.try(() => {
        const answer = next(question);
        const text = answer === "" ? initial ?? "" : answer;
        const fault = check?.(text);
        if (fault !== undefined) throw new Error(fault);
        return text;
      }),
    tell: (text) => void shown.push(`> ${text}`),
  };
  return { prompter, shown, rest };
}

testWith("add asks for all that is missing", async (test) => {
  test.isTerminal = true;
  test.variables.NO_COLOR = "1";
  const pid = String(Deno.pid);
  const { prompter, shown, rest } = person([
    ...["chain", "That of a process", "999999999", pid],
    ...["", "8080:80 53:53/udp", "10.0.0.9", "Yes"],
  ]);
  test.prompter = prompter;
  const { status, stdout, stderr } = await test.run("add");
  assertEquals([status, stderr, rest], [0, "", []]);
  assertEquals(shown.slice(0, 4), [
    "Which network?",
    "- chain: first → second",
    "- single: first",
    "- old: first",
  ]);
  assertEquals(shown.filter((line) => line.startsWith(">")), [
    "> There is no process 999999999.",
    "> add: first",
    "> add: second",
  ]);
  const [request] = test.requests;
  assertEquals(request?.netns, `/proc/${pid}/ns/net`);
  assertEquals(request?.config.fields.object("runtimeConfig"), {
    portMappings: [
      { hostPort: 8080, containerPort: 80, protocol: "tcp" },
      { hostPort: 53, containerPort: 53, protocol: "udp" },
    ],
  });
  assertStringIncludes(stdout, "Undo: cni tool del chain /proc/");
});

testWith("add asks only for what is missing", async (test) => {
  test.isTerminal = true;
  const { prompter, shown } = person(["single", "eth7", "Yes"]);
  test.prompter = prompter;
  assertEquals((await test.run("add --netns /x")).status, 0);
  assertEquals(test.log, ["ADD first eth7"]);
  assertEquals(shown.filter((line) => /^[A-Z]/.test(line)), [
    "Which network?",
    "What is the interface to be called there?",
    "Attach it?",
  ]);
});

testWith("add shows the plan, and does nothing without a yes", async (test) => {
  test.isTerminal = true;
  const answers = ["single", "eth7", "Show what would be done", "No"];
  test.prompter = person(answers).prompter;
  const { status, stdout, stderr } = await test.run("add --netns /x");
  assertEquals(status, 1);
  assertStringIncludes(stdout, "ADD by first");
  assertStringIncludes(stderr, "cancelled: nothing was changed");
  test.prompter = person(["single"]).prompter;
  assertEquals((await test.run("add --netns /x")).status, 1);
  assertEquals(test.log, []);
});

testWith("add asks nobody who is not there, or wants JSON", async (test) => {
  const { prompter, shown } = person([]);
  test.prompter = prompter;
  assertEquals((await test.run("add")).status, 2);
  test.isTerminal = true;
  assertEquals((await test.run("add --json")).status, 2);
  assertEquals(shown, []);
});

testWith("add says where it looked before it asks", async (test) => {
  test.isTerminal = true;
  test.prompter = person([]).prompter;
  test.variables.NETCONFPATH = "/nope/net.d";
  const { status, stderr } = await test.run("add");
  assertEquals(status, 1);
  assertStringIncludes(stderr, "There are no networks in /nope/net.d");
});

Deno.test("freeIfname() is the first that is not taken", () => {
  assertEquals(freeIfname(["lo"]), "eth0");
  assertEquals(freeIfname(["eth0", "lo", "eth2"]), "eth1");
});
