import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../../lib/spec/mod.ts";
import { awaitLinkUp } from "./await_link_up_linux.ts";

const AWAITED = { name: "veth1", what: "bridge port" };

/** Awaits a link that is in these states, one after the other; then the last. */
async function looksUntilUp(...states: readonly string[]): Promise<number> {
  let looks = 0;
  const run = () => {
    const state = states[Math.min(++looks, states.length - 1)];
    const stdout = `veth1 02:00:00:00:00:01 ${state}\n`;
    return Promise.resolve({ status: 0, stdout, stderr: "" });
  };
  const other = { name: "br0", mac: "", operState: "UP" };
  const link = { name: "veth1", mac: "", operState: states[0]! };
  await awaitLinkUp(AWAITED, [other, link], run);
  return looks;
}

Deno.test("awaitLinkUp() looks again until the link is up", async () => {
  assertEquals(await looksUntilUp("UP"), 0);
  assertEquals(await looksUntilUp("DOWN", "up"), 1);
  assertEquals(await looksUntilUp("LOWERLAYERDOWN", "down", "down", "up"), 3);
});

Deno.test("awaitLinkUp() gives up after some seconds, and says the state", async () => {
  const error = await assertRejects(
    () => looksUntilUp("DOWN", "down"),
    CniError,
    "bridge port in error state: down",
  );
  assertEquals(error.code, CniCode.Internal);
});
