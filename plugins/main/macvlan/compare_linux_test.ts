import { assertEquals } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { fakeIp, linkOf, requestWith } from "../../shared/testing/mod.ts";
import { compareMacvlan } from "./compare_linux.ts";
import { parseMacvlanConfig } from "./config.ts";

const UP0 = { ifname: "up0", ifindex: 3, mtu: 1500 };
const ROUTE = { dst: "default", gateway: "10.0.0.1", dev: "up0" };
const ON_UP0 = { ifname: "eth0", ifindex: 9, link_index: 3 };

/** The code of the error that a comparison ends with; 0 if there is none. */
async function codeOf(
  { keys = { master: "up0" }, raw = ON_UP0, mode = "bridge", links = [UP0] }: {
    readonly keys?: Readonly<Record<string, string | boolean>>;
    readonly raw?: Readonly<Record<string, unknown>> & {
      readonly ifname: string;
    };
    readonly mode?: string | undefined;
    readonly links?: readonly (typeof UP0)[];
  },
): Promise<number> {
  const request = requestWith(keys, { command: "CHECK" });
  const info_data = { mode };
  try {
    await compareMacvlan({
      link: linkOf({ ...raw, linkinfo: { info_kind: "macvlan", info_data } }),
      config: parseMacvlanConfig(request),
      request,
      prevResult: {},
      hostLinks: [],
      run: fakeIp({ links, routes: [ROUTE] }).run,
    });
    return 0;
  } catch (error) {
    return (error as CniError).code;
  }
}

Deno.test("compareMacvlan() compares mode and master", async (t) => {
  const inside = { master: "up0", linkInContainer: true };
  const { link_index: _index, ...without } = ON_UP0;
  const cases: Record<string, readonly [Parameters<typeof codeOf>[0], number]> =
    {
      "as configured": [{}, 0],
      "another mode": [{ mode: "private" }, CniCode.Internal],
      "the mode that is configured": [
        { keys: { master: "up0", mode: "private" }, mode: "private" },
        0,
      ],
      "on another link": [
        { raw: { ...ON_UP0, link_index: 4 } },
        CniCode.Internal,
      ],
      "on a link of its own namespace": [
        { raw: { ...ON_UP0, link: "up0" } },
        CniCode.Internal,
      ],
      "the master of the container": [
        { keys: inside, raw: { ...without, link: "up0" } },
        0,
      ],
      "another master of the container": [
        { keys: inside, raw: { ...without, link: "up1" } },
        CniCode.Internal,
      ],
      "a default that has changed": [
        { keys: {}, raw: { ...ON_UP0, link_index: 4 } },
        0,
      ],
      "a master that is not there": [{ links: [] }, CniCode.InvalidConfig],
    };
  for (const [why, [given, expected]] of Object.entries(cases)) {
    await t.step(why, async () => assertEquals(await codeOf(given), expected));
  }
});
