import { assertEquals } from "@std/assert";
import { styleFor } from "./style.ts";
import type { TerminalProcess } from "./terminal_process.ts";

/** A process with these variables, some of whose streams are terminals. */
function processWith(
  terminals: readonly string[],
  variables: Readonly<Record<string, string>>,
): TerminalProcess {
  return {
    env: (name) => variables[name] ?? "",
    isTerminal: (stream) => terminals.includes(stream),
    readStdin: () => Promise.resolve(""),
    writeStdout: () => {},
    writeStderr: () => {},
    cwd: () => "/",
    onInterrupt: () => () => {},
  };
}

Deno.test("styleFor() colours on a terminal that knows colours", async (t) => {
  const cases: Record<
    string,
    readonly [
      readonly string[],
      Record<string, string>,
      "stdout" | "stderr",
      boolean,
    ]
  > = {
    "a terminal": [["stdout"], { TERM: "xterm" }, "stdout", true],
    "a terminal of no name": [["stdout"], {}, "stdout", true],
    "not the other stream": [["stdout"], {}, "stderr", false],
    "a file": [[], { TERM: "xterm" }, "stdout", false],
    "NO_COLOR": [["stdout"], { NO_COLOR: "1" }, "stdout", false],
    "an empty NO_COLOR": [["stdout"], { NO_COLOR: "" }, "stdout", true],
    "a dumb terminal": [["stdout"], { TERM: "dumb" }, "stdout", false],
  };
  for (
    const [why, [terminals, env, stream, isColoured]] of Object.entries(cases)
  ) {
    await t.step(why, () => {
      const { bold } = styleFor(processWith(terminals, env), stream);
      assertEquals(bold("a"), isColoured ? "\u001b[1ma\u001b[0m" : "a");
    });
  }
});

Deno.test("styleFor() looks at stdout unless told otherwise", () => {
  const style = styleFor(processWith(["stdout"], {}));
  const { bold, dim, red, green, yellow } = style;
  assertEquals(
    [bold, dim, red, green, yellow].map((paint) => paint("a")),
    [1, 2, 31, 32, 33].map((code) => `\u001b[${code}ma\u001b[0m`),
  );
});
