import { assertEquals } from "@std/assert";
import { CASES } from "../cases/mod.ts";
import { conformance } from "./conformance_applet.ts";

/** Runs the applet as in a pipe. */
async function run(...args: readonly string[]) {
  let [stdout, stderr] = ["", ""];
  const status = await conformance(args, {
    programVersion: "1.2.3",
    process: {
      env: () => "",
      writeStdout: (text) => void (stdout += text),
      writeStderr: (text) => void (stderr += text),
      readStdin: () => Promise.resolve(""),
      cwd: () => "/",
      isTerminal: () => false,
      onInterrupt: () => () => {},
    },
  });
  return { status, stdout, stderr };
}

Deno.test("conformance() lists a case, and what it asks", async () => {
  const { clause } = CASES.find(({ id }) => id === "lifecycle/add")!;
  const { level, requirement } = clause;
  assertEquals(await run("--list", "--case", "lifecycle/add"), {
    status: 0,
    stdout: `CASE           LEVEL  REQUIREMENT
lifecycle/add  ${level.padEnd(5)}  ${requirement}
`,
    stderr: "",
  });
});

Deno.test("conformance() tells what each flag is for", async () => {
  const { status, stdout, stderr } = await run("--help");
  assertEquals([status, stderr], [0, ""]);
  const flags = stdout.slice(
    stdout.indexOf("Flags:\n"),
    stdout.indexOf("\nFamilies:"),
  );
  assertEquals(
    flags,
    `Flags:
  --plugin-dir DIR      the folder of the plugins to put to the test
  --plugin NAME         only this plugin of it; may be repeated
  --against DIR         compare with the plugins of this folder
  --explained FILE      differences that are meant; "toolkit" for our own
  --runtime CMD         a runtime to put to the test, called as cnitool is
  --daemon CMD          a program that plugins need, started on each host
  --env NAME=VALUE      a variable of all calls; may be repeated
  --spec VERSION        the version of the specification (each plugin's newest)
  --profile FILE        what a plugin needs and promises; may be repeated
  --profile-dir DIR     a folder of such files
  --family NAME         only the cases of this family; may be repeated
  --case ID             only this case; may be repeated
  --format NAME         table (default), tap, junit, json or html
  --stages NUMBER       how many cases run at a time (2)
  --call-limit SECONDS  after which a plugin counts as hanging (20)
  --list                list the cases and run none
`,
  );
});

Deno.test("conformance() points to its help where a word is wrong", async () => {
  assertEquals(await run("--lst"), {
    status: 2,
    stdout: "",
    stderr: `Error: unknown flag: --lst

Did you mean --list?
Run 'cni conformance --help' for usage.
`,
  });
});
