import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { containerIdOf } from "../container_id.ts";
import { testWith } from "../_testing.ts";

testWith("add prints a table, and how to undo it", async (test) => {
  const { status, stdout, stderr } = await test.run("add single /x");
  assertEquals([status, stderr], [0, ""]);
  assertEquals(
    stdout,
    `eth0 in /x is on single
  interfaces  eth0  02:00:00:00:00:01  in the container
  addresses   10.0.0.2/24  on eth0  gateway 10.0.0.1
  routes      0.0.0.0/0  via 10.0.0.1

Undo: cni tool del single /x
`,
  );
});

testWith("add attaches to several networks", async (test) => {
  const { stdout } = await test.run("add -n chain --network single /x");
  assertEquals(test.log, [
    "ADD first eth0",
    "ADD second eth0",
    "ADD first eth1",
  ]);
  assertMatch(
    stdout,
    /^Undo: cni tool del --network chain --network single \/x$/m,
  );
});

testWith("add names the interfaces that --ifname does not", async (test, t) => {
  const cases: Record<string, readonly [string, readonly string[]]> = {
    "none given": ["", ["eth0", "eth1"]],
    "another name than the default": ["-i net0", ["net0", "eth0"]],
    "the default name, which the second cannot have too": [
      "-i eth0",
      ["eth0", "eth1"],
    ],
    "the second's default name": ["-i eth1", ["eth1", "eth0"]],
    "both given": ["-i net0 -i eth0", ["net0", "eth0"]],
  };
  for (const [why, [flags, [first, second]]] of Object.entries(cases)) {
    await t.step(why, async () => {
      test.log.length = 0;
      const { status, stdout, stderr } = await test.run(
        `add -n chain -n single /x ${flags}`,
      );
      assertEquals([status, stderr], [0, ""]);
      assertEquals(test.log, [
        `ADD first ${first}`,
        `ADD second ${first}`,
        `ADD first ${second}`,
      ]);
      const undo = /^Undo: .*? \/x(.*)$/m.exec(stdout)?.[1];
      const isDefault = first === "eth0" && second === "eth1";
      assertEquals(
        undo,
        isDefault ? "" : ` --ifname ${first} --ifname ${second}`,
      );
    });
  }
});

testWith("add takes CNI_IFNAME where no --ifname is given", async (test, t) => {
  test.variables.CNI_IFNAME = "net7";
  const cases: Record<string, readonly [string, readonly string[]]> = {
    "one network": ["single /x", ["net7"]],
    "the first of two": ["-n single -n chain /x", ["net7", "eth0"]],
    "a flag instead": ["single /x -i net8", ["net8"]],
    "a flag for the first of two": [
      "-n single -n chain /x -i net8",
      ["net8", "eth0"],
    ],
  };
  for (const [why, [line, expected]] of Object.entries(cases)) {
    await t.step(why, async () => {
      test.requests.length = 0;
      assertEquals((await test.run(`add ${line}`)).status, 0);
      const names = test.requests.map(({ ifname }) => ifname);
      assertEquals([...new Set(names)], expected);
    });
  }
});

testWith("add --json tells every result", async (test) => {
  const { stdout } = await test.run("add -n chain -n single /x --json");
  const { command, networks } = JSON.parse(stdout);
  assertEquals(command, "add");
  const containerId = await containerIdOf("/x");
  const [first, second] = networks;
  assertEquals(first, {
    ...{ network: "chain", containerId, netns: "/x", ifname: "eth0" },
    result: first.result,
  });
  assertEquals([second.network, second.ifname], ["single", "eth1"]);
  assertEquals(networks[1].result.cniVersion, "1.0.0");
});

testWith("add takes all networks back if one fails", async (test) => {
  test.failing.add("ADD first eth1");
  const { status, stdout, stderr } = await test.run(
    "add -n chain -n single /x",
  );
  assertEquals([status, stdout], [1, ""]);
  assertStringIncludes(stderr, "ADD first eth1 went wrong");
  assertEquals(test.log, [
    "ADD first eth0",
    "ADD second eth0",
    "ADD first eth1",
    "DEL first eth1",
    "DEL second eth0",
    "DEL first eth0",
  ]);
  assertEquals([...Deno.readDirSync(`${test.cacheDir}/results`)], []);
});

testWith("add says so if it cannot take a network back", async (test) => {
  test.failing.add("ADD first eth1").add("DEL second eth0");
  const { stderr } = await test.run("add -n chain -n single /x");
  assertStringIncludes(stderr, "the clean-up failed too: plugin type=");
});

testWith("add puts options where plugins look for them", async (test, t) => {
  const cases: Record<string, readonly [string, string, object | undefined]> = {
    "an address by capability": [
      "chain /x --ip 10.0.0.9/24 --ip fd00::9",
      "",
      { ips: ["10.0.0.9/24", "fd00::9"] },
    ],
    "an address by CNI_ARGS": [
      "single /x --ip 10.0.0.9",
      "IP=10.0.0.9;IgnoreUnknown=1",
      undefined,
    ],
    "a MAC by CNI_ARGS": [
      "single /x --mac 02-00-00-00-00-0A",
      "MAC=02:00:00:00:00:0a;IgnoreUnknown=1",
      undefined,
    ],
    "a MAC by capability, with ports": [
      "chain /x --mac=02:00:00:00:00:0a -p 8080:80 -p127.0.0.1:53:53/udp",
      "",
      {
        mac: "02:00:00:00:00:0a",
        portMappings: [
          { hostPort: 8080, containerPort: 80, protocol: "tcp" },
          {
            hostPort: 53,
            containerPort: 53,
            protocol: "udp",
            hostIP: "127.0.0.1",
          },
        ],
      },
    ],
  };
  for (const [why, [line, args, runtimeConfig]] of Object.entries(cases)) {
    await t.step(why, async () => {
      test.requests.length = 0;
      assertEquals((await test.run(`add ${line}`)).status, 0);
      const told = Object.assign(
        {},
        ...test.requests.map(({ config }) =>
          config.fields.object("runtimeConfig") ?? {}
        ),
      );
      assertEquals(test.requests[0]?.args, args);
      assertEquals(told, runtimeConfig ?? {});
    });
  }
});

testWith("add refuses options that no plugin takes", async (test) => {
  const { status, stderr } = await test.run(
    "add single /x --ip 10.0.0.9 --ip fd00::9",
  );
  assertEquals(status, 2);
  assertStringIncludes(
    stderr,
    'network "single" does not take several addresses',
  );
});

testWith("add joins options to those of the environment", async (test) => {
  test.variables.CNI_ARGS = "A=1";
  test.variables.CAP_ARGS = '{"portMappings":[]}';
  await test.run("add chain /x --mac 02:00:00:00:00:0a");
  assertEquals(test.requests[0]?.args, "A=1");
  assertEquals(
    test.requests[0]?.config.fields.object("runtimeConfig"),
    { mac: "02:00:00:00:00:0a", portMappings: [] },
  );
});

testWith("add takes a configuration from stdin or a file", async (test) => {
  test.stdin = '{"cniVersion":"1.1.0","name":"in","type":"first"} // single';
  const piped = await test.run("add --config - /x");
  assertEquals([piped.status, piped.stderr], [0, ""]);
  assertStringIncludes(piped.stdout, "Undo: cni tool del --config - /x\n");
  Deno.writeTextFileSync(
    `${test.folder}/list`,
    '{"cniVersion":"1.1.0","name":"l","plugins":[{"type":"second"}]}',
  );
  assertEquals((await test.run("add -n chain -c list /x")).status, 0);
  assertEquals(test.log.at(-1), "ADD second eth1");
  test.stdin = "{";
  const broken = await test.run("add --config - /x");
  assertEquals(broken.status, 1);
  assertMatch(broken.stderr, /line 1, column 2.*\n {2}stdin\n$/s);
  const absent = await test.run("add --config nope /x");
  assertStringIncludes(absent.stderr, "Cannot read nope: No such file");
});

testWith("add finds a namespace by path, name or process", async (test) => {
  for (const netns of ["/x/../y", "blue", "ns/a", "1234567"]) {
    await test.run(`add single ${netns}`);
  }
  assertEquals(test.requests.map(({ netns }) => netns), [
    "/y",
    "/run/netns/blue",
    `${test.folder}/ns/a`,
    "/proc/1234567/ns/net",
  ]);
});

testWith("add stops between networks when interrupted", async (test) => {
  test.onRequest = (entry) => {
    if (entry === "ADD first eth0") test.interrupt();
  };
  const { status, stderr } = await test.run("add -n single -n chain /x");
  assertEquals([status, stderr], [1, "Error: interrupted\n"]);
  assertEquals(test.log, ["ADD first eth0", "DEL first eth0"]);
});

testWith("add ends a plugin that hangs", async (test) => {
  test.write("40-slow.conf", {
    cniVersion: "1.0.0",
    name: "slow",
    type: "slow",
  });
  test.addScript(
    "slow",
    `[ "$CNI_COMMAND" = DEL ] || { echo still waiting >&2; sleep 60; }`,
  );
  test.callInProcess = false;
  const { status, stderr } = await test.run("add slow /x --timeout 0.2");
  assertEquals(status, 1);
  assertStringIncludes(stderr, "timed out after 200 ms");
  assertStringIncludes(stderr, "still waiting");
});

testWith("add quotes a plugin that prints garbage", async (test) => {
  test.write("40-odd.conf", { cniVersion: "1.0.0", name: "odd", type: "odd" });
  test.addScript("odd", `echo '<html>'; exit 3`);
  test.callInProcess = false;
  const { status, stderr } = await test.run("add odd /x");
  assertEquals(status, 1);
  assertStringIncludes(stderr, '"<html>\\n"');
});

testWith("add says where it looked", async (test) => {
  test.write("40-gone.conf", { name: "gone", type: "gone" });
  const plugin = await test.run("add gone /x");
  assertStringIncludes(
    plugin.stderr,
    `failed to find plugin "gone" in path [${test.folder}/bin]`,
  );
  test.variables.NETCONFPATH = "/nope/net.d";
  const folder = await test.run("add chain /x");
  assertStringIncludes(folder.stderr, "/nope/net.d");
  assertEquals([plugin.status, folder.status], [1, 1]);
});
