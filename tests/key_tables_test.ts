import { assertEquals, assertThrows } from "@std/assert";
import { pageFile, withKeyTables } from "../scripts/key_tables.ts";
import { pluginSettings } from "../scripts/plugin_settings.ts";
import { booleanKey, fieldsKey, listKey } from "../lib/plugin/mod.ts";

const REMEDY = "run scripts/deno run -A scripts/key_tables.ts";

Deno.test("the pages have the keys by which the plugins read", async (t) => {
  for (const [plugin, settings] of await pluginSettings()) {
    await t.step(plugin, async () => {
      const page = await Deno.readTextFile(pageFile(plugin));
      const hasKeys = Object.keys(settings.keys).length > 0;
      assertEquals(page.includes("<!-- keys -->"), hasKeys);
      assertEquals(page, withKeyTables(page, settings), REMEDY);
    });
  }
});

const FLAG = booleanKey({ description: "It | that", default: true });

Deno.test("withKeyTables() writes tables of all that may be configured", () => {
  const item = fieldsKey({ on: FLAG }, { description: "One" });
  const page = "a\n<!-- keys -->\nold\n<!-- /keys -->\nb\n" +
    "<!-- keys ipam.list[] --><!-- /keys -->\n";
  const text = withKeyTables(page, {
    role: "ipam",
    keys: { list: listKey(item, { description: "Many", isRequired: true }) },
    capabilities: { flag: FLAG },
    args: { old: booleanKey({ description: "Before", deprecated: "list" }) },
    check: () => {},
  });
  assertEquals(
    text,
    `a
<!-- keys -->

| key                  | type    | default  | meaning                        |
| -------------------- | ------- | -------- | ------------------------------ |
| \`ipam.list\`          | list    | required | Many                           |
| \`runtimeConfig.flag\` | boolean | true     | It \\| that (capability \`flag\`) |
| \`args.cni.old\`       | boolean | none     | Before. Deprecated: use \`list\` |

<!-- /keys -->
b
<!-- keys ipam.list[] -->

| key  | type    | default | meaning    |
| ---- | ------- | ------- | ---------- |
| \`on\` | boolean | true    | It \\| that |

<!-- /keys -->
`,
  );
});

Deno.test("withKeyTables() refuses a path without keys", () => {
  const page = "<!-- keys flag[] --><!-- /keys -->";
  const settings = {
    role: "meta",
    keys: { flag: FLAG },
    check: () => {},
  } as const;
  assertThrows(() => withKeyTables(page, settings), TypeError, "flag[]");
});
