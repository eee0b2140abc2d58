import { assertMatch } from "@std/assert";
import { containerIdOf } from "../container_id.ts";
import { testWith } from "../_testing.ts";

testWith("ps heads the columns of its tables", async (test) => {
  const dataDir = `${test.folder}/data`;
  test.write("15-ours.conf", {
    cniVersion: "1.0.0",
    name: "ours",
    type: "first",
    ipam: { type: "host-local", dataDir },
  });
  const netns = `${test.folder}/bin/first`;
  await test.run(`add chain ${netns}`);
  Deno.mkdirSync(`${dataDir}/ours`, { recursive: true });
  Deno.writeTextFileSync(`${dataDir}/ours/10.0.0.3`, "c1");
  const { stdout } = await test.run("ps");
  const id = await containerIdOf(netns);
  const columns = "NETWORK +INTERFACE +ADDRESSES +CONTAINER +NAMESPACE";
  const row = `chain +eth0 +10\\.0\\.0\\.2/24 +${id} +${netns}`;
  assertMatch(stdout, new RegExp(`^${columns}\\n${row}\\n`));
  // Addresses of this machine may stand there as well.
  assertMatch(stdout, /^ADDRESS +NETWORK +OWNER +FILE$/m);
  const file = `${dataDir}/ours/10.0.0.3`;
  assertMatch(stdout, new RegExp(`^10.0.0.3 +ours +c1 +${file}$`, "m"));
  assertMatch(stdout, /^Free them: .*\bcni tool gc ours\b.*\n$/m);
});
