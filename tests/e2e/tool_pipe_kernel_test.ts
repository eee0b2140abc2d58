import { assertEquals } from "@std/assert";
import { BIN, kernelTest } from "./_harness.ts";

kernelTest(
  "a program that reads only the head of the output is fine",
  async (host) => {
    const script =
      `{ sleep 0.2; "$0" conformance --list; echo "status $?" >&2; } | true`;
    const { stderr } = await host.run(["sh", "-c", script, `${BIN}/cni`]);
    assertEquals(stderr, "status 141\n");
  },
);
