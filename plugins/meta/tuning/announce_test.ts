import { assertEquals } from "@std/assert";
import { type Step, stepText } from "../../../lib/linux/mod.ts";
import { type NoticeInput, noticePaths, noticeSteps } from "./announce.ts";

const [ARP = "", NDISC = ""] = noticePaths("eth0.7");

function texts(steps: readonly Step[]): readonly string[] {
  return steps.map((step) => stepText(step, "NS").replace(/^.*sysctl -w /, ""));
}

Deno.test("noticeSteps() turns notices on, and puts back what was there", async (t) => {
  const ifname = "eth0.7";
  const on = [`${ARP}=1`, `${NDISC}=1`];
  const set = { name: "x", path: NDISC, value: "0" };
  const cases: Record<
    string,
    readonly [Omit<NoticeInput, "ifname">, readonly (readonly string[])[]]
  > = {
    "both are off": [
      { values: new Map([[ARP, "0"], [NDISC, "0"]]), sysctls: [] },
      [on, [`${ARP}=0`, `${NDISC}=0`]],
    ],
    "one is on": [
      { values: new Map([[ARP, "1"], [NDISC, "0"]]), sysctls: [] },
      [[`${NDISC}=1`], [`${NDISC}=0`]],
    ],
    "without IPv6": [
      { values: new Map([[ARP, "0"]]), sysctls: [] },
      [[`${ARP}=1`], [`${ARP}=0`]],
    ],
    "the configuration has set it": [
      { values: new Map([[ARP, "1"], [NDISC, "1"]]), sysctls: [set] },
      [[`${NDISC}=1`], [`${NDISC}=0`]],
    ],
    "the configuration has turned it on": [
      {
        values: new Map([[ARP, "1"], [NDISC, "0"]]),
        sysctls: [{ ...set, value: "1" }],
      },
      [[], []],
    ],
    "nothing is known yet": [{ values: undefined, sysctls: [] }, [on, []]],
  };
  for (const [why, [given, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const { before, after } = noticeSteps({ ifname, ...given });
      assertEquals([texts(before), texts(after)], expected);
    });
  }
});
