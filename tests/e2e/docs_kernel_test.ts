import { assert, assertEquals } from "@std/assert";
import {
  type Any,
  attachmentsOf,
  type Host,
  kernelTest,
  mustCall,
} from "./_harness.ts";

const PAGES = new URL("../../docs/plugins/", import.meta.url);

kernelTest(
  "docs: the examples of the pages on plugins work as they stand",
  async (host) => {
    for (const page of ["bridge.md", "loopback.md", "static.md"]) {
      const examples = await examplesIn(page);
      assert(examples.length > 0, page);
      for (const example of examples) await attachAndDetach(host, example);
    }
  },
  { needs: ["iptables"] },
);

/** The configurations in a page's JSON blocks. */
async function examplesIn(page: string): Promise<readonly Any[]> {
  const text = await Deno.readTextFile(new URL(page, PAGES));
  return [...text.matchAll(/```json\n(.*?)```/gs)]
    .map(([, json]) => JSON.parse(json!));
}

async function attachAndDetach(host: Host, example: Any): Promise<void> {
  // Only what would outlive the test has another place.
  const config = example.ipam === undefined
    ? example
    : { ...example, ipam: { ...example.ipam, dataDir: host.dataDir } };
  const before = await attachmentsOf(host);
  const sandbox = await host.addSandbox();
  const prevResult = await mustCall(host, config.type, { config, sandbox });
  await mustCall(host, config.type, {
    command: "CHECK",
    config: { ...config, prevResult },
    sandbox,
  });
  await mustCall(host, config.type, { command: "DEL", config, sandbox });
  const bridge: string | undefined = config.bridge;
  if (bridge !== undefined) await host.ip(`link del ${bridge}`);
  assertEquals(await attachmentsOf(host), before);
}
