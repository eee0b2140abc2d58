import { assertEquals, assertMatch } from "@std/assert";
import {
  bridgeConfig,
  callPlugin,
  kernelTest,
  mustCall,
  REFERENCE_BIN,
} from "./_harness.ts";

kernelTest(
  "CNI_TRACE=1 tells each step on stderr, and nothing else changes",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const call = { config: bridgeConfig(host), sandbox };
    const { status, stdout, stderr } = await callPlugin(host, "bridge", {
      ...call,
      env: { CNI_TRACE: "1" },
    });
    await t.step("the result is all of stdout", () => {
      assertEquals(status, 0, stdout);
      assertEquals(JSON.parse(stdout).interfaces.length, 3);
    });
    await t.step("every line is a step with its times", () => {
      for (const line of stderr.trimEnd().split("\n")) {
        assertMatch(line, /^cni trace: +[\d.]+ - +[\d.]+ ms +[\d.]+ ms {2}\S/);
      }
    });
    await t.step("plugins and child processes are among them", () => {
      assertMatch(stderr, / {2}host-local ADD\n/);
      assertMatch(stderr, / {2}ip -j -batch -: link add /);
      assertMatch(stderr, / {2}bridge ADD\n$/);
    });
    await t.step("another value is no trace", async () => {
      const env = { CNI_TRACE: "0" };
      await mustCall(host, "bridge", { ...call, command: "DEL", env });
    });
  },
);

kernelTest(
  "CNI_TRACE=1 tells plugins of other programs as one step",
  async (host) => {
    const sandbox = await host.addSandbox();
    const path = REFERENCE_BIN;
    const { stderr } = await callPlugin(host, "bridge", {
      config: bridgeConfig(host),
      sandbox,
      path,
      env: { CNI_TRACE: "1" },
    });
    assertMatch(stderr, / {2}\/usr\/lib\/cni\/host-local ADD\n/);
    await mustCall(host, "bridge", {
      config: bridgeConfig(host),
      sandbox,
      path,
      command: "DEL",
    });
  },
  { needs: [`${REFERENCE_BIN}/host-local`] },
);
