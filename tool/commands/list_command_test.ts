import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { testWith } from "../_testing.ts";

testWith("list tells file, version and chain", async (test) => {
  const { status, stdout, stderr } = await test.run("list");
  assertEquals([status, stderr], [0, ""]);
  assertEquals(
    stdout,
    `NETWORK  VERSION  PLUGINS         FILE
chain    1.1.0    first → second  10-chain.conflist
single   1.0.0    first           20-single.conf
old      0.2.0    first           30-old.json
`,
  );
});

testWith("list tells what is wrong with each file", async (test) => {
  test.write("00-broken.conflist", "{\n");
  test.write("50-twice.conf", { name: "chain", type: "first" });
  test.write("60-gone.conf", { name: "gone", type: "gone" });
  test.write("70-ipam.conf", {
    name: "ipam",
    type: "first",
    ipam: { type: "host-local" },
  });
  const { stdout } = await test.run("list");
  assertStringIncludes(stdout, "first (host-local)");
  const [, problems = ""] = stdout.split("Problems\n");
  const folder = test.configFolder;
  assertMatch(problems, /00-broken.conflist: error parsing .*line 1, column 2/);
  assertStringIncludes(
    problems,
    `${folder}/50-twice.conf: network "chain" is taken from ` +
      `${folder}/10-chain.conflist, not here\n`,
  );
  assertStringIncludes(problems, 'failed to find plugin "gone" in path');
  const { networks } = JSON.parse((await test.run("list --json")).stdout);
  assertEquals(networks[1], {
    file: `${folder}/10-chain.conflist`,
    name: "chain",
    version: "1.1.0",
    plugins: ["first", "second"],
    problems: [],
    warnings: [],
  });
});

testWith("list says where it looked", async (test) => {
  test.variables.NETCONFPATH = "/nope/net.d";
  const { status, stdout, stderr } = await test.run("list");
  assertEquals([status, stdout], [0, ""]);
  assertStringIncludes(stderr, "There are no networks in /nope/net.d");
});
