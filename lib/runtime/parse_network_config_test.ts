import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import {
  parseNetworkConfig,
  parseSingleConfig,
  toListConfig,
} from "./parse_network_config.ts";
import { selectVersion } from "./select_version.ts";

Deno.test("parseNetworkConfig() reads every key of a list", () => {
  const text = JSON.stringify({
    cniVersion: "1.0.0",
    name: "net1",
    disableCheck: true,
    disableGC: "True",
    loadOnlyInlinedPlugins: "FALSE",
    plugins: [
      { type: "bridge", name: "own", bridge: "cni0" },
      { Type: "portmap", capabilities: { portMappings: true, dns: false } },
    ],
  });
  assertEquals(parseNetworkConfig(text), {
    kind: "list",
    name: "net1",
    cniVersion: "1.0.0",
    disableCheck: true,
    disableGC: true,
    loadOnlyInlinedPlugins: false,
    plugins: [
      {
        type: "bridge",
        name: "own",
        capabilities: [],
        raw: { type: "bridge", name: "own", bridge: "cni0" },
      },
      {
        type: "portmap",
        capabilities: ["portMappings"],
        raw: {
          Type: "portmap",
          capabilities: { portMappings: true, dns: false },
        },
      },
    ],
    source: new TextEncoder().encode(text),
  });
});

Deno.test("parseNetworkConfig() lets versions and plugins be absent", () => {
  const { cniVersion, plugins } = parseNetworkConfig('{"name":"net1"}');
  assertEquals([cniVersion, plugins], ["", []]);
});

Deno.test("parseNetworkConfig() refuses with the Go library's texts", async (t) => {
  const prefix = "error parsing configuration list: ";
  const cases: Record<string, string> = {
    '{"plugins":[]}': "no name",
    '{"name":1}': "invalid name type float64",
    '{"name":null}': "invalid name type <nil>",
    '{"name":"n","cniVersion":null}': "invalid cniVersion type <nil>",
    '{"name":"n","disableGC":null}': "invalid type <nil> for disableGC",
    '{"name":"n","plugins":null}': "invalid 'plugins' type <nil>",
    '{"name":"n","cniVersion":{}}':
      "invalid cniVersion type map[string]interface {}",
    '{"name":"n","cniVersions":"1.0.0"}':
      "invalid type for cniVersions: string",
    '{"name":"n","cniVersions":["1.0.0",null]}':
      "invalid type for cniVersions index 1: <nil>",
    '{"name":"n","cniVersions":["x"]}':
      "invalid cniVersions entry x at index 0: Cannot decode cniVersion",
    '{"name":"n","cniVersion":"x","cniVersions":["1.0.0"]}':
      "invalid cniVersion x: Cannot decode cniVersion",
    '{"name":"n","disableCheck":[]}':
      "invalid type []interface {} for disableCheck",
    '{"name":"n","disableGC":"Yes"}': 'invalid value "yes" for disableGC',
    '{"name":"n","loadOnlyInlinedPlugins":true}':
      "`loadOnlyInlinedPlugins` is true, and no 'plugins' key",
    '{"name":"n","plugins":true}': "invalid 'plugins' type bool",
    '{"name":"n","plugins":[]}': "no plugins in list",
  };
  for (const [text, message] of Object.entries(cases)) {
    await t.step(message, () => {
      const error = assertThrows(() => parseNetworkConfig(text), CniError);
      assertEquals(error.message, prefix + message);
      assertEquals(error.code, CniCode.InvalidConfig);
    });
  }
});

Deno.test("parseNetworkConfig() says that a key is there in other letters", () => {
  const text = '{"Name":"n","plugins":[{"type":"a"}]}';
  const error = assertThrows(() => parseNetworkConfig(text), CniError);
  assertEquals(error.message, "error parsing configuration list: no name");
  assertEquals(
    error.details,
    'found "Name" instead of "name": upper and lower case matter in a ' +
      "list's keys",
  );
});

Deno.test("parseNetworkConfig() says which plugin is wrong", async (t) => {
  const cases: Record<string, [string, string]> = {
    "no type": ["{}", "missing 'type'"],
    "empty type": ['{"type":""}', "missing 'type'"],
    "type is no text": ['{"type":1}', "type"],
    "capability is no flag": [
      '{"type":"t","capabilities":{"a":1}}',
      "capabilities.a",
    ],
    "ipam.type is no text": ['{"type":"t","ipam":{"type":1}}', "ipam.type"],
    "dns is no object": ['{"type":"t","dns":[]}', "dns"],
    "no object": ['"t"', 'found "t" instead of an object'],
  };
  for (const [why, [plugin, text]] of Object.entries(cases)) {
    await t.step(why, () => {
      const list = `{"name":"n","plugins":[{"type":"a"},${plugin}]}`;
      const error = assertThrows(() => parseNetworkConfig(list), CniError);
      const prefix = "failed to parse plugin config 1: error parsing " +
        "configuration: ";
      assertStringIncludes(error.message, prefix);
      assertStringIncludes(error.message, text);
    });
  }
});

Deno.test("parseSingleConfig() reads a plugin's configuration alone", () => {
  const text = '{"type":"bridge","name":"net1","cniVersion":"0.2.0",' +
    '"disableCheck":true}';
  const network = parseSingleConfig(text);
  assertEquals(network.source, new TextEncoder().encode(text));
  const { kind, name, cniVersion, disableCheck } = network;
  assertEquals({ kind, name, cniVersion, disableCheck }, {
    kind: "single",
    name: "net1",
    cniVersion: "0.2.0",
    disableCheck: false,
  });
});

Deno.test("parseSingleConfig() tells a list from a plugin", () => {
  const text = '{"name":"n","plugins":[{"type":"a"}]}';
  const error = assertThrows(() => parseSingleConfig(text), CniError);
  assertEquals(error.message, "error parsing configuration: missing 'type'");
  assertStringIncludes(error.details, ".conflist");
});

Deno.test("toListConfig() writes the list that a single one stands for", () => {
  const single = parseSingleConfig('{"type":"t","name":"n","a":{"c":1,"b":2}}');
  const list = toListConfig(single);
  assertEquals(
    new TextDecoder().decode(list.source),
    '{"cniVersion":"","name":"n",' +
      '"plugins":[{"a":{"b":2,"c":1},"name":"n","type":"t"}]}',
  );
  assertEquals(list.plugins, single.plugins);
  assertEquals(toListConfig(list), list);
});

Deno.test("selectVersion() takes the newest that is known", async (t) => {
  const cases: Record<string, [string, string[], string]> = {
    "list over version": ["0.4.0", ["0.3.1", "1.0.0"], "1.0.0"],
    "version over list": ["1.1.0", ["0.3.1"], "1.1.0"],
    "by number, not by text": ["", ["0.10.0", "0.4.0"], "0.10.0"],
    "those too new are left out": ["0.4.0", ["2.0.0"], "0.4.0"],
    "nothing known": ["3.0.0", ["2.0.0"], "3.0.0"],
    "nothing at all": ["", [], ""],
  };
  for (const [why, [version, versions, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(selectVersion(version, versions), expected);
    });
  }
});
