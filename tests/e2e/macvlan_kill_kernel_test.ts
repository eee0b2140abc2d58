import { assert, assertEquals } from "@std/assert";
import { addQuietSandbox } from "./_interface_plugin.ts";
import {
  attachmentsOf,
  callPlugin,
  kernelTest,
  linkNamesIn,
  mustCall,
} from "./_harness.ts";
import { addWire, macvlanConfig } from "./_macvlan.ts";

/** Times after the start at which an ADD is killed, in milliseconds. */
const MOMENTS_MS = Array.from({ length: 20 }, (_, i) => 16 + 3 * i);

kernelTest(
  "macvlan: what an ADD leaves that is killed at any moment goes with DEL",
  async (host) => {
    await addWire(host);
    const config = macvlanConfig(host);
    const sandbox = await addQuietSandbox(host);
    const call = { config, sandbox };
    await mustCall(host, "macvlan", call);
    await mustCall(host, "macvlan", { ...call, command: "DEL" });
    const before = await attachmentsOf(host);
    let killed = 0;
    for (const momentMs of MOMENTS_MS) {
      // The whole process group, as when a node's service is stopped.
      const wrapper = ["timeout", "-s", "KILL", `${momentMs / 1000}`];
      const end = await callPlugin(host, "macvlan", { ...call, wrapper });
      if (end.status !== 0) killed++;
      await mustCall(host, "macvlan", { ...call, command: "DEL" });
      assertEquals(await linkNamesIn(sandbox), ["lo"], `after ${momentMs} ms`);
      assertEquals(await attachmentsOf(host), before, `after ${momentMs} ms`);
    }
    assert(killed > 0);
    await mustCall(host, "macvlan", call);
  },
  { needs: ["timeout"] },
);
