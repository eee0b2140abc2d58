import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { fakeIp, linkOf, requestWith } from "../../shared/testing/mod.ts";
import { compareTap } from "./compare_linux.ts";
import { parseTapConfig } from "./config.ts";

/** Compares a device on `master` with a configuration that names `bridge`. */
async function compare(
  { bridge, master }: { readonly bridge?: string; readonly master?: string },
): Promise<void> {
  const request = requestWith(bridge === undefined ? {} : { bridge });
  await compareTap({
    link: linkOf({ ifname: "eth0", ...(master && { master }) }),
    config: parseTapConfig(request),
    request,
    prevResult: {},
    hostLinks: [],
    run: fakeIp({ links: [{ ifname: "br0", altnames: ["lan"] }] }).run,
  });
}

Deno.test("compareTap() looks at the bridge that is configured, if one is", async () => {
  await compare({});
  await compare({ master: "br1" });
  await compare({ bridge: "br0", master: "br0" });
  // An alternative name leads to the bridge, too.
  await compare({ bridge: "lan", master: "br0" });
  for (const [master, found] of [["br1", '"br1"'], ["", "none:"]] as const) {
    const error = await assertRejects(
      () => compare({ bridge: "br0", master }),
      CniError,
    );
    assertEquals(error.code, CniCode.Internal);
    assertStringIncludes(error.details, found);
  }
});
