import { assertEquals, assertStringIncludes } from "@std/assert";
import { examinePlaces } from "./examine_places.ts";

Deno.test("examinePlaces() tells folders from what is none", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/file`, "");
    const cases = [
      ["a folder", folder, "ok", undefined],
      ["a file", `${folder}/file`, "warning", "NETCONFPATH"],
      ["nothing", `${folder}/none`, "warning", "NETCONFPATH"],
    ] as const;
    for (const [why, configFolder, status, remedy] of cases) {
      await t.step(why, () => {
        const places = { configFolder, pluginFolders: [folder] };
        const [first, second] = examinePlaces(places);
        assertEquals(first!.status, status);
        assertStringIncludes(first!.text, configFolder);
        assertEquals(first!.remedy?.includes(remedy ?? ""), remedy && true);
        assertEquals(second, { status: "ok", text: `plugins in ${folder}` });
      });
    }
    await t.step("a folder of plugins that is not there", () => {
      const pluginFolders = [`${folder}/none`];
      const [, found] = examinePlaces({ configFolder: folder, pluginFolders });
      assertEquals(found!.status, "warning");
      assertStringIncludes(found!.remedy!, "CNI_PATH");
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("examinePlaces() looks where state is kept", () => {
  const places = { configFolder: "/none", pluginFolders: [] };
  const [, ...state] = examinePlaces(places);
  const ok = { status: "ok" } as const;
  assertEquals(state, [
    { ...ok, text: "state in /var/lib/cni" },
    { ...ok, text: "state in /run/cni" },
  ]);
});

Deno.test({
  name: "examinePlaces() says what to build in where it has no right",
  permissions: { read: ["/etc"], write: false },
  fn: () => {
    const places = { configFolder: "/etc/cni", pluginFolders: ["/opt/p"] };
    const found = examinePlaces(places).slice(1)
      .map(({ status, remedy }) => [status, remedy?.split(" make ").at(-1)]);
    assertEquals(found, [
      ["warning", "build READ_DIRS=/opt/p"],
      ["failure", "build STATE_DIRS=/var/lib/cni"],
      ["failure", "build STATE_DIRS=/run/cni"],
    ]);
  },
});
