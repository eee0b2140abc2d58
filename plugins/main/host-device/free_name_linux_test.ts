import { assertEquals } from "@std/assert";
import { fakeIp } from "../../shared/testing/mod.ts";
import { linkWith } from "./_testing.ts";
import { freeOwnName } from "./free_name_linux.ts";

Deno.test("freeOwnName() takes off the one name that is wanted", async () => {
  const { run, commands } = fakeIp({ answer: () => ({ status: 2 }) });
  const link = linkWith({ altNames: ["enp1", "net1"] });
  await freeOwnName(linkWith(), "net1", run);
  await freeOwnName(link, "net2", run);
  assertEquals(commands, []);
  await freeOwnName(link, "net1", run);
  assertEquals(commands.map(({ args }) => args.join(" ")), [
    "link property del dev d0 altname net1",
  ]);
});
