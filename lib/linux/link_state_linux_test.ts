import { assertEquals } from "@std/assert";
import { fakeRun } from "./_testing.ts";
import { type LinkState, readLinkStates } from "./link_state_linux.ts";

const STATES: readonly LinkState[] = [
  { name: "veth1", mac: "02:00:00:00:00:01", operState: "UP" },
  { name: "br0", mac: "02:00:00:00:00:02", operState: "LOWERLAYERDOWN" },
];
const NAMES = ["veth1", "br0"];

/** What the script prints for links that /sys shows. */
function printed(states: readonly LinkState[]): string {
  return states.map(({ name, mac, operState }) =>
    `${name} ${mac} ${operState.toLowerCase()}\n`
  ).join("");
}

Deno.test("readLinkStates() asks /sys alone if it shows all", async () => {
  const run = fakeRun(() => ({ stdout: printed(STATES) }));
  assertEquals(await readLinkStates(NAMES, run), STATES);
  assertEquals(run.commands.map(({ program }) => program), ["sh"]);
});

Deno.test("readLinkStates() asks ip if /sys is of another namespace", async (t) => {
  const cases = {
    "it shows none": "",
    "it shows but some": printed(STATES.slice(1)),
  };
  const shown = STATES.map(({ name, mac, operState }) =>
    JSON.stringify([{ ifname: name, address: mac, operstate: operState }])
  ).join("\n");
  for (const [why, stdout] of Object.entries(cases)) {
    await t.step(why, async () => {
      const run = fakeRun(({ program }) => ({
        stdout: program === "ip" ? shown : stdout,
      }));
      const found = await readLinkStates(NAMES, run);
      assertEquals(
        found.map(({ name, mac, operState }) => ({ name, mac, operState })),
        STATES,
      );
      assertEquals(run.commands.at(-1), {
        program: "ip",
        args: ["-j", "-force", "-batch", "-"],
        stdin: "link show dev veth1\nlink show dev br0\n",
      });
    });
  }
});

Deno.test({
  name: "readLinkStates() reads the real /sys",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { runCommand } = await import("./command.ts");
    const [lo, ...more] = await readLinkStates(["lo"], runCommand);
    assertEquals([lo?.name, lo?.mac], ["lo", "00:00:00:00:00:00"]);
    assertEquals(more, []);
  },
});
