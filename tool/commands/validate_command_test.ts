import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseAddress, parseCidr } from "../../lib/net/mod.ts";
import {
  booleanKey,
  choiceKey,
  definePlugin,
  fieldsKey,
  integerKey,
  listKey,
  macKey,
  objectKey,
  parsedKey,
  type Plugin,
  type PluginSettings,
  readKeys,
  readRuntimeConfig,
} from "../../lib/plugin/mod.ts";
import { CniCode, CniError, prevResultOf } from "../../lib/spec/mod.ts";
import { testWith } from "../_testing.ts";

const description = "A key";

const MAIN_KEYS = {
  isGateway: booleanKey({ description }),
  mtu: integerKey({ description, min: 0, max: 65535 }),
  mode: choiceKey(["a", "b"], { description }),
  mac: macKey({ description }),
  trunk: listKey(
    fieldsKey(
      { id: integerKey({ description, isRequired: true }) },
      { description },
    ),
    { description },
  ),
  old: booleanKey({ description, deprecated: "isGateway" }),
  // Read by a plugin that is told to only.
  lazy: booleanKey({ description }),
  ipam: objectKey({ description }),
};

const MAIN_CAPABILITIES = {
  port: integerKey({ description, min: 1, example: 80 }),
};

/** A plugin with a key of every kind, and some things that only it knows. */
const MAIN = pluginWith({
  role: "main",
  keys: MAIN_KEYS,
  capabilities: MAIN_CAPABILITIES,
  check: ({ config: { fields } }) => {
    const { lazy: _lazy, ...eager } = MAIN_KEYS;
    const { mtu, isGateway } = readKeys(fields, eager);
    const { port } = readRuntimeConfig(fields, MAIN_CAPABILITIES);
    if (mtu === 13) throw fields.invalid("mtu", "luck");
    if (mtu === 14) {
      throw new CniError(CniCode.InvalidConfig, "Cannot do this at all");
    }
    if (mtu === 15 && port === undefined) {
      throw new CniError(CniCode.InvalidConfig, "Cannot do without a port");
    }
    if (isGateway) readKeys(fields, MAIN_KEYS);
  },
});

const IPAM_KEYS = {
  subnet: parsedKey(
    { description },
    'a network such as "10.1.0.0/16"',
    parseCidr,
  ),
  gateway: parsedKey({ description }, "an address", parseAddress),
};

const IPAM = pluginWith({
  role: "ipam",
  keys: IPAM_KEYS,
  check: ({ config: { fields } }) =>
    readKeys(fields.fields("ipam")!, IPAM_KEYS),
});

/** A plugin that must come after another. */
const META = pluginWith({
  role: "meta",
  keys: {},
  check: ({ config }) => {
    if (prevResultOf(config)?.ips?.length) return;
    throw new CniError(CniCode.InvalidConfig, "must be chained");
  },
});

function pluginWith(settings: PluginSettings): Plugin {
  const unused = () => Promise.reject(new Error("nothing is done"));
  const acts = { add: unused, check: unused, del: unused };
  return definePlugin({ name: settings.role, ...acts, settings });
}

const NO_NAME = "missing network name; name is absent or empty: give the " +
  'network one, such as "net1"';

testWith("validate places each fault, and suggests", async (test, t) => {
  test.allPlugins = new Map(
    [MAIN, IPAM, META].map((one) => [one.name, () => Promise.resolve(one)]),
  );
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
        "1:1 error error parsing configuration list: no name; give the " +
        'network one, such as "net1"',
        '1:3 warning unknown key "Name": did you mean "name"?',
      ],
    ],
    "a wrong type": [list('"isGateway": "yes"'), [
      '2:34 error Cannot use isGateway; isGateway is "yes": expected true or false',
    ]],
    "a number out of range": [list('"mtu": 70000'), [
      "2:28 error Cannot use mtu; mtu is 70000: expected a whole number from 0 to 65535",
    ]],
    "another choice": [list('"mode": "c"'), [
      '2:29 error Cannot use mode; mode is "c": expected "a" or "b"',
    ]],
    "no hardware address": [list('"mac": "x"'), [
      '2:28 error Cannot use mac; mac is "x": expected a unicast hardware ' +
      "address such as 02:00:00:00:00:01",
    ]],
    "inside of a list": [list('"trunk": [{ "id": 1 }, { "ids": 2 }, 3]'), [
      "2:44 error Cannot use trunk[1].id; trunk[1].id is nothing: expected a " +
      "whole number",
      '2:46 warning unknown key "trunk[1].ids": did you mean "id"?',
      "2:58 error Cannot use trunk[2]; trunk[2] is 3: expected an object",
    ]],
    "a key twice": [list('"mtu": 1, "mtu": 2'), [
      "2:21 warning mtu is given again below, and that one counts",
    ]],
    "a key in other letters below": [list('"mtu": 1, "MTU": "x"'), [
      "2:31 warning MTU is given again above, and that one counts",
    ]],
    "in ipam": [
      list('"ipam": { "type": "ipam", "subnet": "10.0.0.0", "gatway": "x" }'),
      [
        '2:57 error Cannot use ipam.subnet; ipam.subnet is "10.0.0.0": expected a network such as ' +
        '"10.1.0.0/16"',
        '2:69 warning unknown key "ipam.gatway": did you mean "gateway"?',
      ],
    ],
    "what only the plugin knows": [list('"mtu": 13'), [
      "2:28 error Cannot use mtu; mtu is 13: expected luck",
    ]],
    "what is about the whole": [list('"mtu": 14'), [
      "2:3 error Cannot do this at all",
    ]],
    "two mistakes": [list('"mtu": -1, "mode": "c"'), [
      "2:28 error Cannot use mtu; mtu is -1: expected a whole number from 0 " +
      "to 65535",
      '2:40 error Cannot use mode; mode is "c": expected "a" or "b"',
    ]],
    "a mistake where the plugin does not look": [list('"lazy": 1'), [
      "2:29 warning Cannot use lazy; lazy is 1: expected true or false; it is " +
      "not read here",
    ]],
    "and where it does": [list('"lazy": 1, "isGateway": true'), [
      "2:29 error Cannot use lazy; lazy is 1: expected true or false",
    ]],
    "an old key": [list('"old": true'), [
      "2:21 warning old is deprecated: use isGateway",
    ]],
    "what a runtime must add": [list('"mtu": 15'), [
      "2:3 error Cannot do without a port",
    ]],
    "what a runtime will add": [
      list('"mtu": 15, "capabilities": { "port": true }'),
      [],
    ],
    "a capability that is declared not to be used": [
      list('"mtu": 15, "capabilities": { "port": false }'),
      ["2:3 error Cannot do without a port"],
    ],
    "no version that any plugin speaks": [
      list('"mtu": 1').replace("1.1.0", "9.0.0"),
      [
        '1:17 error incompatible CNI versions; config is "9.0.0", plugin ' +
        'supports ["0.1.0" "0.2.0" "0.3.0" "0.3.1" "0.4.0" "1.0.0" "1.1.0"]',
      ],
    ],
    "no name of a network": [
      list('"mtu": 1').replace("net1", "a b"),
      [
        '1:34 error invalid characters found in network name; name is "a b": ' +
        'expected letters, digits, "_", "." and "-", starting with a letter ' +
        "or a digit",
      ],
    ],
    "a type with a slash": ['{"name": "x", "plugins": [{"type": "a/b"}]}', [
      '1:36 error invalid plugin name: a/b; type is "a/b": expected the name ' +
      "of a file, without a folder",
    ]],
    "a chained plugin first": [
      '{"name": "x", "cniVersion": "1.0.0", "plugins": [{"type": "meta"}]}',
      ["1:50 error must be chained"],
    ],
    "a chained plugin after another": [
      '{"name": "x", "cniVersion": "1.0.0", "plugins": ' +
      '[{"type": "main"}, {"type": "meta"}]}',
      [],
    ],
    "a chained plugin in an old version": [
      '{"name": "x", "plugins": [{"type": "other"}, {"type": "meta"}]}',
      [],
    ],
    "what only the runtime reads": [list('"capabilities": 5'), [
      "2:37 error Cannot use capabilities; capabilities is 5: expected an " +
      "object",
    ]],
    "no type": ['{"name": "x", "plugins": [{}]}', [
      "1:27 error missing 'type'; type is absent or empty: name the plugin, " +
      'such as "bridge"',
    ]],
    "plugins of a wrong type": ['{"name": "x", "plugins": {}}', [
      "1:26 error error parsing configuration list: invalid 'plugins' type " +
      "map[string]interface {}; plugins is {}: expected a list of objects",
    ]],
    "no plugins": ['{"name": "x", "plugins": []}', [
      "1:26 error error parsing configuration list: no plugins in list; " +
      "plugins is []: name at least one",
    ]],
    "a single plugin without a name": ['{"type": "main"}', [
      `1:1 error ${NO_NAME}`,
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
  test.allPlugins = new Map([["main", () => Promise.resolve(MAIN)]]);
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

testWith("validate judges the files of further plugins", async (test) => {
  test.allPlugins = new Map([["main", () => Promise.resolve(MAIN)]]);
  const list = { name: "x", plugins: [{ type: "main" }] };
  const good = test.write("a.conflist", { cniVersion: "1.0.0", ...list });
  const bad = test.write("b.conflist", { cniVersion: "9.0.0", ...list });
  const folder = good.slice(0, -"a.conflist".length);
  const files = {
    "10": '{ "type": "main",\n"mtu": -1 }',
    "20": '{ "type": "main", "mtu": 13 }',
    "30": '{ "mtu": 13 }',
    "40": '{ "type": "main", "mtu": 1 }',
    "50": "[]",
  };
  Deno.mkdirSync(`${folder}/x`);
  for (const [name, text] of Object.entries(files)) {
    test.write(`x/${name}.conf`, text);
  }
  const judge = async (file: string) => {
    const { status, stdout } = await test.run(`validate ${file}`);
    assertEquals(status, 1);
    return stdout.split("\n").filter((line) => line.includes("error: "))
      .map((line) => line.slice(folder.length, line.indexOf(" error: ")));
  };
  assertEquals(await judge(good), [
    "x/10.conf:2:8:",
    "x/20.conf:1:26:",
    "x/30.conf:1:1:",
    "x/50.conf:1:1:",
  ]);
  // What is wrong with the list is said once, there.
  const [first = "", ...rest] = await judge(bad);
  assertEquals(first.startsWith("b.conflist:"), true);
  assertEquals(rest, ["x/10.conf:2:8:", "x/30.conf:1:1:", "x/50.conf:1:1:"]);
});

testWith("validate says what it cannot do", async (test) => {
  assertEquals((await test.run("validate")).status, 2);
  const { status, stderr } = await test.run("validate nope");
  assertEquals(status, 1);
  assertStringIncludes(stderr, "Cannot read nope: No such file");
});
