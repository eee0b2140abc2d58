import { assertEquals, assertRejects } from "@std/assert";
import { fakeRun, missing } from "../linux/_testing.ts";
import { CniError } from "../spec/mod.ts";
import { removeFromIptables } from "./remove_iptables_linux.ts";

const WARNED = "# Warning: iptables-legacy tables present, use iptables-legacy";
const RULES = "-N OURS\n";

/** What a host shows, by program; programs that are not named are missing. */
type Shown = Readonly<Record<string, { stdout?: string; stderr?: string }>>;

async function removeFrom(shown: Shown, failing = "") {
  const warnings: string[] = [];
  const run = fakeRun(({ program }) => {
    if (program === failing) return { status: 1, stderr: "no\n" };
    return shown[program.replace("-restore", "")] ?? missing(program);
  });
  await removeFromIptables(
    "nat",
    ({ chains }) => chains.has("OURS") ? "*nat\n-X OURS\nCOMMIT\n" : undefined,
    {
      family: 4,
      run,
      act: "remove",
      warn: (message) => void warnings.push(message),
    },
  );
  return [run.commands.map(({ program }) => program), warnings.length];
}

Deno.test("removeFromIptables() looks where rules may be", async (t) => {
  const list = "iptables";
  const cases: Record<
    string,
    readonly [Shown, readonly string[], number?]
  > = {
    "in its own": [{ iptables: { stdout: RULES } }, [list, `${list}-restore`]],
    "nowhere without iptables": [{}, [list]],
    "in the other kind where there is nothing": [
      { iptables: {}, "iptables-nft": { stdout: RULES } },
      [list, "iptables-nft", "iptables-nft-restore"],
    ],
    "not there if it is not installed": [
      { iptables: {} },
      [list, "iptables-nft"],
    ],
    "in the older kind that it tells of": [
      { iptables: { stderr: WARNED }, "iptables-legacy": { stdout: RULES } },
      [list, "iptables-legacy", "iptables-legacy-restore"],
    ],
    "in both": [
      {
        iptables: { stdout: RULES, stderr: WARNED },
        "iptables-legacy": { stdout: RULES },
      },
      [
        list,
        `${list}-restore`,
        "iptables-legacy",
        "iptables-legacy-restore",
      ],
    ],
    "and tells what it cannot see": [
      { iptables: { stderr: WARNED } },
      [list, "iptables-legacy"],
      1,
    ],
  };
  for (const [why, [shown, programs, warnings = 0]] of Object.entries(cases)) {
    await t.step(why, async () => {
      assertEquals(await removeFrom(shown), [programs, warnings]);
    });
  }
});

Deno.test("removeFromIptables() fails where rules are known to be left", async (t) => {
  await t.step("not where nothing tells of any", async () => {
    const shown = { iptables: {}, "iptables-nft": {} };
    await removeFrom(shown, "iptables-nft");
  });
  await t.step("where iptables tells of older ones", async () => {
    const shown = { iptables: { stderr: WARNED }, "iptables-legacy": {} };
    await assertRejects(() => removeFrom(shown, "iptables-legacy"), CniError);
  });
});
