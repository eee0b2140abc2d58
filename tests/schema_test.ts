import { assertEquals } from "@std/assert";
import { SCHEMA_FILE, schemaText } from "../scripts/schema.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";
import { keyRegistry, registryFor } from "../plugins/mod.ts";
import { parsePluginConfig } from "../lib/spec/mod.ts";
import { validateConfig } from "../tool/validate/validate_config.ts";

Deno.test("the schema is the one that the key definitions make", async () => {
  assertEquals(
    await Deno.readTextFile(SCHEMA_FILE),
    await schemaText(),
    "run scripts/deno run -A scripts/schema.ts",
  );
});

Deno.test("every plugin says what it may be told", () => {
  assertEquals(
    [...keyRegistry().keys()].sort(),
    [...registryFor("linux").keys()].sort(),
  );
});

/** The keys that a page's first table lists, such as `ipam.ranges`. */
async function documentedKeys(plugin: string): Promise<readonly string[]> {
  const file = `${PROJECT_ROOT}/docs/plugins/${plugin}.md`;
  const page = await Deno.readTextFile(file);
  const [, section = ""] = page.split("\n## LegacyKeys\n");
  const [table = ""] = section.split("\n## ");
  return [...table.matchAll(/^\| `([\w.]+)`/gm)].map(([, key]) => key!);
}

Deno.test("the keys of the pages are those of the definitions", async (t) => {
  for (
    const plugin of [
      "bandwidth",
      "bridge",
      "host-device",
      "host-local",
      "macvlan",
      "ptp",
      "static",
      "tap",
      "firewall",
      "tuning",
    ]
  ) {
    await t.step(plugin, async () => {
      const own = await keyRegistry().get(plugin)!();
      const known = new Set(
        [...Object.keys(own.keys), "ipam", "dns", "name"],
      );
      for (const path of await documentedKeys(plugin)) {
        const key = path.replace(/^(ipam|runtimeConfig)\./, "");
        const isKnown = known.has(key) ||
          Object.keys(own.capabilities ?? {}).includes(key);
        assertEquals(isKnown, true, `${path} is not defined in keys.ts`);
      }
    });
  }
});

Deno.test("validateConfig() finds the examples right", async (t) => {
  for (const folder of ["nodes", "plugins"]) {
    const path = `${PROJECT_ROOT}/examples/${folder}`;
    for (const { name } of Deno.readDirSync(path)) {
      if (!/\.(conflist|conf)$/.test(name)) continue;
      await t.step(name, async () => {
        const text = await Deno.readTextFile(`${path}/${name}`);
        assertEquals(await validateConfig(text, keyRegistry()), []);
      });
    }
  }
});

Deno.test("each definition's type is what its plugin takes", async (t) => {
  // A value of a wrong type must be refused by the plugin as well.
  const wrong = { string: 1, boolean: "x", integer: "x", list: 1, object: 1 };
  for (
    const plugin of [
      "bandwidth",
      "bridge",
      "host-device",
      "host-local",
      "flannel",
      "sbr",
      "macvlan",
      "ptp",
      "static",
      "tap",
      "firewall",
      "tuning",
    ]
  ) {
    const { keys, isIpam, check } = await keyRegistry().get(plugin)!();
    for (const [name, { type }] of Object.entries(keys)) {
      if (type === "any" || name === "type") continue;
      // Only read beside ipam.subnet.
      if (["rangeStart", "rangeEnd", "gateway"].includes(name)) continue;
      await t.step(`${plugin} ${name}`, () => {
        const own = { [name]: wrong[type] };
        const ipam = { type: plugin, ranges: [[{ subnet: "10.1.0.0/16" }]] };
        const object = isIpam
          ? { name: "x", type: "x", ipam: { ...ipam, ...own } }
          : { name: "x", type: plugin, ...own };
        let isRefused = false;
        try {
          check?.({
            command: "ADD",
            containerId: "c1",
            netns: "/x",
            ifname: "eth0",
            args: "",
            path: "",
            netnsOverride: "",
            stdin: "",
            config: parsePluginConfig(object),
          });
        } catch {
          isRefused = true;
        }
        assertEquals(isRefused, true);
      });
    }
  }
});
