import { assertEquals, assertStringIncludes } from "@std/assert";
import type { PluginKeys } from "../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../lib/spec/mod.ts";
import { testWith } from "../_testing.ts";

/** A plugin with a key of every kind, and one thing that only it knows. */
const MAIN: PluginKeys = {
  keys: {
    isGateway: { type: "boolean", summary: "A switch" },
    mtu: { type: "integer", summary: "In bytes", min: 0, max: 65535 },
    mode: { type: "string", summary: "How", choices: ["a", "b"] },
    mac: { type: "string", summary: "An address", format: "mac" },
    trunk: {
      type: "list",
      summary: "Several",
      items: {
        type: "object",
        summary: "One",
        keys: { id: { type: "integer", summary: "It", isRequired: true } },
      },
    },
  },
  check: ({ config: { fields } }) => {
    if (fields.json("mtu") === 13) throw fields.invalid("mtu", "luck");
    if (fields.json("mtu") === 14) {
      throw new CniError(CniCode.InvalidConfig, "Cannot do this at all");
    }
  },
};

const IPAM: PluginKeys = {
  isIpam: true,
  keys: {
    type: { type: "string", summary: "It", isRequired: true },
    subnet: { type: "string", summary: "A network", format: "cidr" },
    gateway: { type: "string", summary: "One", format: "address" },
  },
};

testWith("validate places each fault, and suggests", async (test, t) => {
  test.keys = new Map([
    ["main", () => Promise.resolve(MAIN)],
    ["ipam", () => Promise.resolve(IPAM)],
  ]);
  const list = (plugin: string) =>
    `{ "cniVersion": "1.1.0", "name": "net1", "plugins": [
  { "type": "main", ${plugin} }
] }`;
  const cases: Record<string, readonly [string, readonly string[]]> = {
    "nothing": [list('"isgateway": true'), []],
    "comments": [list('"mtu": 1500, // why\n'), [
      "2:32 warning other runtimes cannot read this: a trailing comma; remove it",
      "2:34 warning other runtimes cannot read this: a comment; remove it",
    ]],
    "null": [list('"mtu": null'), []],
    "a plugin that is not ours": [
      '{"type": "other", "name": "n", "key": 1, "mtu": "x"}',
      [],
    ],
    "no JSON": ['{\n  "name": net1\n}', ["2:11 error unexpected net1"]],
    "no end": ['{"name": "x"', ["1:13 error unexpected end of JSON input"]],
    "no object": ["[]", [
      "1:1 error error parsing configuration: found [] instead of a JSON object",
    ]],
    "an empty text": [" ", [
      "1:1 error error parsing configuration: the text is empty; expected a " +
      "JSON object",
    ]],
    "UTF-16, decoded as UTF-8": ["\uFFFD\uFFFD{\0}\0", [
      "1:1 error error parsing configuration: the text is UTF-16; expected " +
      "UTF-8: convert it by iconv -f UTF-16 -t UTF-8",
    ]],
    "a byte order mark": [`\uFEFF${list('"mtu": 1500')}`, [
      "1:1 warning other runtimes cannot read this: a byte order mark; save " +
      "the file as UTF-8 without it",
    ]],
    "no plugins at all": ['{"name": "x"}', [
      "1:1 error no plugin configs found; plugins is absent: list the " +
      "network's plugins",
    ]],
    "plugins in other letters": ['{"name": "x", "Plugins": []}', [
      '1:1 error no plugin configs found; found "Plugins" instead of ' +
      '"plugins": upper and lower case matter in a list\'s keys',
      '1:15 warning unknown key "Plugins": did you mean "plugins"?',
    ]],
    "a misspelt key": [list('"isGatway": true'), [
      '2:21 warning unknown key "isGatway": did you mean "isGateway"?',
    ]],
    "a key that nobody knows": [list('"foo": 1'), [
      '2:21 warning unknown key "foo": it is ignored',
    ]],
    "a key of the list in the wrong case": [
      '{ "Name": "x", "plugins": [{ "type": "main" }] }',
      [
        "1:1 error name is missing: The network's name, one for all hosts",
        '1:3 warning unknown key "Name": did you mean "name"?',
      ],
    ],
    "a wrong type": [list('"isGateway": "yes"'), [
      '2:34 error isGateway is "yes": expected true or false',
    ]],
    "a number out of range": [list('"mtu": 70000'), [
      "2:28 error mtu is 70000: expected a whole number from 0 to 65535",
    ]],
    "another choice": [list('"mode": "c"'), [
      '2:29 error mode is "c": expected "a" or "b"',
    ]],
    "no hardware address": [list('"mac": "x"'), [
      '2:28 error mac is "x": expected an address such as "02:00:00:00:00:01"',
    ]],
    "inside of a list": [list('"trunk": [{ "id": 1 }, { "ids": 2 }, 3]'), [
      "2:44 error trunk[1].id is missing: It",
      '2:46 warning unknown key "trunk[1].ids": did you mean "id"?',
      "2:58 error trunk[2] is 3: expected an object",
    ]],
    "a key twice": [list('"mtu": 1, "mtu": 2'), [
      "2:21 warning mtu is given again below, and that one counts",
    ]],
    "in ipam": [
      list('"ipam": { "type": "ipam", "subnet": "10.0.0.0", "gatway": "x" }'),
      [
        '2:57 error ipam.subnet is "10.0.0.0": expected a network such as ' +
        '"10.1.0.0/16"',
        '2:69 warning unknown key "ipam.gatway": did you mean "gateway"?',
      ],
    ],
    "what only the plugin knows": [list('"mtu": 13'), [
      "2:28 error mtu is 13: expected luck",
    ]],
    "what is about the whole": [list('"mtu": 14'), [
      "2:3 error Cannot do this at all",
    ]],
    "no type": ['{"name": "x", "plugins": [{}]}', [
      "1:27 error type is missing: The plugin's name: that of its file in " +
      "CNI_PATH",
    ]],
    "plugins of a wrong type": ['{"name": "x", "plugins": {}}', [
      "1:26 error plugins is {}: expected a list",
    ]],
    "no plugins": ['{"name": "x", "plugins": []}', [
      "1:1 error error parsing configuration list: no plugins in list; " +
      "plugins is []: name at least one",
    ]],
    "a single plugin without a name": ['{"type": "main"}', [
      "1:1 error name is missing: The network's name, one for all hosts",
    ]],
  };
  for (const [why, [text, expected]] of Object.entries(cases)) {
    await t.step(why, async () => {
      test.stdin = text;
      const { status, stdout } = await test.run("validate - --json");
      const { files: [{ findings }] } = JSON.parse(stdout);
      assertEquals(
        findings.map((one: Record<string, unknown>) =>
          `${one.line}:${one.column} ${one.severity} ${one.message}`
        ),
        expected,
      );
      const isWrong = expected.some((line) => line.includes(" error "));
      assertEquals(status, isWrong ? 1 : 0);
    });
  }
});

testWith("validate shows the line", async (test) => {
  test.keys = new Map([["main", () => Promise.resolve(MAIN)]]);
  Deno.writeTextFileSync(
    `${test.folder}/a.conf`,
    '{\n  "name": "x",\n  "type": "main",\n\t"isGatway": true\n}\n',
  );
  const good = test.write("b.conf", { name: "x", type: "main" });
  const { status, stdout } = await test.run(`validate a.conf ${good}`);
  assertEquals(status, 0);
  assertEquals(
    stdout,
    `a.conf:4:2: warning: unknown key "isGatway": did you mean "isGateway"?
 4 |  "isGatway": true
   |  ^^^^^^^^^^
${good}: valid
`,
  );
});

testWith("validate says what it cannot do", async (test) => {
  assertEquals((await test.run("validate")).status, 2);
  const { status, stderr } = await test.run("validate nope");
  assertEquals(status, 1);
  assertStringIncludes(stderr, "Cannot read nope: No such file");
});
