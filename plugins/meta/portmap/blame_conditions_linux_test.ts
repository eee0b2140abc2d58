import { assertEquals } from "@std/assert";
import type { Command } from "../../../lib/linux/mod.ts";
import { areConditionsAtFault } from "./blame_conditions_linux.ts";
import { forwardingsWith, mapping } from "./_testing.ts";

const CONDITIONS = { 4: ["-m", "owner", "--uid-owner", "0"], 6: [] };

Deno.test("areConditionsAtFault() tries the rules without the conditions", async (t) => {
  const cases = {
    "the conditions are refused": { refused: "--uid-owner", expected: true },
    "the rules are refused anyhow": { refused: "DNAT", expected: false },
    "nothing is refused there": { refused: "none", expected: false },
  };
  for (const [why, { refused, expected }] of Object.entries(cases)) {
    await t.step(why, async () => {
      const commands: Command[] = [];
      const run = (command: Command) => {
        commands.push(command);
        const status = command.stdin?.includes(refused) ? 1 : 0;
        return Promise.resolve({ status, stdout: "", stderr: "" });
      };
      const [plain] = forwardingsWith({}, [mapping(8080, 80)]);
      const forwarding = {
        ...plain,
        config: { ...plain.config, conditions: CONDITIONS },
      };
      assertEquals(await areConditionsAtFault(forwarding, run), expected);
      // Nothing is ever tried among the host's own rules.
      const words = commands.map(({ program, args }) => [program, ...args]);
      const trial = ["unshare", "--net", "--", "iptables-restore"];
      for (const one of words) assertEquals(one.slice(0, 4), trial);
    });
  }
});
