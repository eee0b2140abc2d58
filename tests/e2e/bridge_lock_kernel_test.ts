import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  attachmentsOf,
  bridgeConfig,
  kernelTest,
  linkNamesIn,
  mustCall,
  mustFail,
} from "./_harness.ts";

/** What may lie in the place of a lock, and the words that make it. */
const OBSTACLES = {
  "a folder": ["mkdir", "-p"],
  "a FIFO": ["mkfifo"],
  "a link": ["ln", "-s", "/etc/passwd"],
};

for (const [what, words] of Object.entries(OBSTACLES)) {
  kernelTest(
    `bridge: ${what} in the place of a bridge's lock is told by ADD and STATUS`,
    async (host) => {
      const lock = `/run/cni/bridge-${host.bridge}.lock`;
      await host.must(["mkdir", "-p", "/run/cni"]);
      await host.must([...words, lock]);
      const sandbox = await host.addSandbox();
      const before = await attachmentsOf(host);
      const config = bridgeConfig(host, { cniVersion: "1.1.0" });
      const call = { config, sandbox };
      const error = await mustFail(host, "bridge", { ...call, code: 5 });
      assertStringIncludes(error.details, `remove ${lock}`);
      assertEquals(await attachmentsOf(host), before);
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
      const status = { config, command: "STATUS", code: 50 };
      const told = await mustFail(host, "bridge", status);
      assertStringIncludes(told.details, `remove ${lock}`);
      await mustCall(host, "bridge", { ...call, command: "DEL" });
      await Deno.remove(lock);
      await mustCall(host, "bridge", { ...status });
      await mustCall(host, "bridge", call);
    },
    { needs: ["mkfifo"] },
  );
}
