import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { fakeIp, linkOf, requestWith } from "../../shared/testing/mod.ts";
import { compareTap } from "./compare_linux.ts";
import { parseTapConfig } from "./config.ts";

/** Compares a device on `master` with a configuration that names `bridge`. */
function compare(
  { bridge, master }: { readonly bridge?: string; readonly master?: string },
): void {
  const request = requestWith(bridge === undefined ? {} : { bridge });
  compareTap({
    link: linkOf({ ifname: "eth0", ...(master && { master }) }),
    config: parseTapConfig(request),
    request,
    prevResult: {},
    run: fakeIp({}).run,
  });
}

Deno.test("compareTap() looks at the bridge that is configured, if one is", () => {
  compare({});
  compare({ master: "br1" });
  compare({ bridge: "br0", master: "br0" });
  for (const [master, found] of [["br1", '"br1"'], ["", "none:"]] as const) {
    const error = assertThrows(
      () => compare({ bridge: "br0", master }),
      CniError,
    );
    assertEquals(error.code, CniCode.Internal);
    assertStringIncludes(error.details, found);
  }
});
