import { assert } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

Deno.test("The first example of each page is read by every runtime in use", async (t) => {
  const pages = [...Deno.readDirSync(new URL("docs/plugins", ROOT))]
    .map(({ name }) => `docs/plugins/${name}`);
  for (const page of ["README.md", ...pages]) {
    await t.step(page, () => {
      const text = Deno.readTextFileSync(new URL(page, ROOT));
      const [, example = "{}"] = /```json\n(.*?)```/s.exec(text) ?? [];
      const { cniVersion } = JSON.parse(example);
      // podman 4.3 and containerd 1.6 refuse 1.1.0.
      assert(["0.3.1", "0.4.0", "1.0.0"].includes(cniVersion), cniVersion);
    });
  }
});
