import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Command, ProgramMissingError } from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { requireLinks, requireMasquerade, tryCommand } from "./probe_linux.ts";

/** A run that keeps the programs' names; those that are missing end so. */
function runWithout(...missing: readonly string[]) {
  const programs: string[] = [];
  const run = ({ program }: Command) => {
    programs.push(program);
    return missing.includes(program)
      ? Promise.reject(new ProgramMissingError(program, undefined))
      : Promise.resolve({ status: 0, stdout: "", stderr: "" });
  };
  return { run, programs };
}

Deno.test("requireMasquerade() tries what the configuration wants", async (t) => {
  const cases = {
    "nothing is masqueraded": [{ ipMasq: false }, [], []],
    "iptables is there": [{ ipMasq: true }, [], ["iptables"]],
    "only nft is there": [{ ipMasq: true }, ["iptables"], ["iptables", "nft"]],
    "nft is wanted": [
      { ipMasq: true, ipMasqBackend: "nftables" },
      ["iptables"],
      ["nft"],
    ],
  } as const;
  for (const [why, [keys, missing, expected]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const { run, programs } = runWithout(...missing);
      await requireMasquerade("p", { ipMasqBackend: undefined, ...keys }, run);
      assertEquals([...new Set(programs)], [...expected]);
    });
  }
});

Deno.test("requireMasquerade() refuses with code 50 what cannot be used", async () => {
  const cases = [
    [undefined, "iptables and nftables cannot be used"],
    ["iptables", "but iptables cannot be used"],
  ] as const;
  for (const [ipMasqBackend, details] of cases) {
    const { run } = runWithout("iptables", "nft");
    const error = await assertRejects(
      () => requireMasquerade("p", { ipMasq: true, ipMasqBackend }, run),
      CniError,
    );
    assertEquals(error.code, CniCode.NotAvailable);
    assertEquals(error.message, "The p plugin is not available");
    assertStringIncludes(error.details, details);
  }
});

Deno.test("requireLinks() tries lines in a namespace that ends with it", async () => {
  const commands: Command[] = [];
  const trial = (status: number, stderr: string) =>
    requireLinks("p", {
      lines: "link add a type dummy\n",
      what: "dummy links",
      run: (command) => {
        commands.push(command);
        return Promise.resolve({ status, stdout: "", stderr });
      },
    });
  await trial(0, "");
  assertEquals(commands, [{
    program: "unshare",
    args: ["--net", "--", "ip", "-batch", "-"],
    stdin: "link add a type dummy\n",
  }]);
  const stderr = "Error: Unknown device type.\nCommand failed -:1\n";
  const error = await assertRejects(() => trial(1, stderr), CniError);
  assertEquals(error.code, CniCode.NotAvailable);
  assertStringIncludes(error.details, "do not allow dummy links: ");
  assertStringIncludes(error.details, "Unknown device type");
});

Deno.test("tryCommand() makes code 50 of a missing program alone", async () => {
  const command = { program: "ip", args: [] };
  const missing = () => tryCommand("p", runWithout("ip").run, command);
  const error = await assertRejects(missing, CniError);
  assertEquals(error.code, CniCode.NotAvailable);
  const other = () => Promise.reject(new RangeError("other"));
  await assertRejects(() => tryCommand("p", other, command), RangeError);
});
