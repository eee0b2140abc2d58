import { assertEquals, assertRejects } from "@std/assert";
import { parseCidr } from "../net/mod.ts";
import { CniCode, CniError } from "../spec/mod.ts";
import { type FakeRun, fakeRun, missing } from "../linux/_testing.ts";
import { type Command, type Output, UndoStack } from "../linux/mod.ts";
import { isIptablesUsable } from "./iptables_linux.ts";
import { iptablesOwner, newChainScripts } from "./iptables_masquerade.ts";
import type { Masquerade, MasqueradeBackend } from "./masquerade.ts";
import {
  addMasquerade,
  collectMasquerade,
  removeMasquerade,
} from "./masquerade_linux.ts";
import { isNftablesUsable } from "./nft_linux.ts";
import { additionScript, nftablesOwner } from "./nftables_masquerade.ts";

const MASQUERADE: Masquerade = {
  network: "n1",
  containerId: "c1",
  ifname: "eth0",
  ips: [parseCidr("10.0.0.2/24")],
};
const DUAL: Masquerade = {
  ...MASQUERADE,
  ips: [parseCidr("10.0.0.2/24"), parseCidr("fd00::2/64")],
};
const CHAIN = "CNI-7be53730afe4dc6eb2178d03";
const COMMENT = '-m comment --comment "name: \\"n1\\" id: \\"c1\\""';
const NFT_COMMENT = "43d91f8451058a70-f4d01f2ef4b92245, net: n1, " +
  "if: eth0, id: c1";

/** What `iptables -t nat -S` prints where the attachment has rules. */
const RULES = `-P POSTROUTING ACCEPT
-N ${CHAIN}
-A POSTROUTING -s 10.0.0.2/32 ${COMMENT} -j ${CHAIN}
-A ${CHAIN} -d 10.0.0.0/24 ${COMMENT} -j ACCEPT
-A ${CHAIN} ! -d 224.0.0.0/4 ${COMMENT} -j MASQUERADE
`;

/** What `nft -j list chain` prints where the attachment has one rule. */
const NFT_RULES = JSON.stringify({
  nftables: [{ rule: { handle: 7, comment: NFT_COMMENT } }],
});

/** How each act ends; those that are not named find no rules and end well. */
type Ends = Readonly<Record<string, Partial<Output> | "missing">>;

/** What nft says before anyone has added masquerade. */
const NO_TABLE = { status: 1, stderr: "Error: No such file or directory\n" };

/** A short name for what a command is to do. */
function actOf({ program, args }: Command): string {
  if (program === "nft") {
    return args.includes("--check")
      ? "nft probe"
      : args.includes("list")
      ? "nft list"
      : "nft transaction";
  }
  if (program.endsWith("-restore")) return program;
  return args.includes("filter") ? `${program} probe` : `${program} list`;
}

/** A run whose commands end as told for their act, or for their program. */
function runWith(ends: Ends): FakeRun {
  return fakeRun((command) => {
    const act = actOf(command);
    const end = ends[act] ?? ends[command.program] ??
      (act === "nft list" ? NO_TABLE : {});
    return end === "missing" ? missing(command.program) : end;
  });
}

/** Adds masquerade; tells the acts, those of the undo, and the error. */
async function add(
  masquerade: Masquerade,
  ends: Ends,
  backend?: MasqueradeBackend,
) {
  const run = runWith(ends);
  const undo = new UndoStack();
  let error: unknown;
  try {
    await addMasquerade(masquerade, { run, undo, backend });
  } catch (thrown) {
    error = thrown;
  }
  const commands = [...run.commands];
  const faults = (await undo.unwind()).map(String);
  const undone = run.commands.slice(commands.length);
  return { commands, undone, faults, error };
}

const acts = (commands: readonly Command[]) => commands.map(actOf);

Deno.test("addMasquerade() starts one program for a new attachment", async () => {
  const { commands, undone, error } = await add(MASQUERADE, {});
  const owner = await iptablesOwner(MASQUERADE);
  const scripts = newChainScripts(owner, MASQUERADE.ips);
  const command = {
    program: "iptables-restore",
    args: ["--noflush", "--wait"],
  };
  assertEquals(error, undefined);
  assertEquals(commands, [{ ...command, stdin: scripts.apply }]);
  assertEquals(undone, [{ ...command, stdin: scripts.undo }]);
});

Deno.test("addMasquerade() gives each family its own tables", async () => {
  const { commands, undone } = await add(DUAL, {}, "iptables");
  assertEquals(acts(commands), ["iptables-restore", "ip6tables-restore"]);
  assertEquals(acts(undone), ["ip6tables-restore", "iptables-restore"]);
});

Deno.test("addMasquerade() shares a chain that is there, however iptables says so", async () => {
  const words = [
    "iptables-restore: line 2 failed: Chain already exists.\n",
    "iptables-restore: line 2 failed\n",
  ];
  for (const stderr of words) {
    let count = 0;
    const run = fakeRun((command) => {
      if (actOf(command) === "iptables list") return { stdout: RULES };
      return count++ === 0 ? { status: 1, stderr } : {};
    });
    const undo = new UndoStack();
    const ips = [parseCidr("10.0.0.3/24")];
    await addMasquerade({ ...MASQUERADE, ips }, { run, undo });
    await undo.unwind();
    const rule = `POSTROUTING -s 10.0.0.3/32 ${COMMENT} -j ${CHAIN}`;
    assertEquals(run.commands.slice(2).map((command) => command.stdin), [
      `*nat\n-A ${rule}\nCOMMIT\n`,
      `*nat\n-D ${rule}\nCOMMIT\n`,
    ]);
  }
});

Deno.test("addMasquerade() goes on when a DEL is faster than it", async (t) => {
  const exists = { status: 1, stderr: "iptables-restore: line 2 failed\n" };
  const gone = {
    status: 1,
    stderr: "line 2: RULE_APPEND failed (No such file)",
  };
  const cases: Record<string, readonly [readonly string[], number[]]> = {
    "gone before it looks": [[""], [1, 0]],
    "gone after it has looked": [[RULES, ""], [1, 2, 0]],
    "and there again": [[RULES, "", RULES], [1, 2, 1, 0]],
  };
  for (const [why, [listings, failures]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const [texts, ends] = [[...listings], [...failures]];
      const run = fakeRun((command) => {
        if (actOf(command) === "iptables list") {
          return { stdout: texts.shift() ?? "" };
        }
        return [{}, exists, gone][ends.shift() ?? 0]!;
      });
      const undo = new UndoStack();
      const ips = [parseCidr("10.0.0.3/24")];
      await addMasquerade({ ...MASQUERADE, ips }, { run, undo });
      await undo.unwind();
      const last = run.commands.at(-2)?.stdin ?? "";
      const isNew = listings.at(-1) === "";
      assertEquals(last.includes(`-N ${CHAIN}`), isNew, last);
      // What is taken back is what the last attempt has made.
      assertEquals(run.commands.at(-1)?.stdin?.includes(`-X ${CHAIN}`), isNew);
      assertEquals([texts, ends], [[], []]);
    });
  }
});

Deno.test("addMasquerade() tells why iptables failed", async () => {
  const stderr = "iptables-restore: line 3 failed: No chain/target/match by " +
    "that name.\n";
  const ends = { "iptables-restore": { status: 1, stderr } };
  const { error, undone } = await add(MASQUERADE, ends);
  assertEquals(
    [(error as CniError).code, String(error)],
    [
      CniCode.Internal,
      `Cannot add masquerade rules; iptables: ${stderr.trim()}; the rule is ` +
      `-A ${CHAIN} -d 10.0.0.0/24 ${COMMENT} -j ACCEPT`,
    ],
  );
  assertEquals(undone, []);
});

Deno.test("addMasquerade() leaves the family that was done for the undo", async () => {
  const ends = { "ip6tables-restore": { status: 1, stderr: "no IPv6\n" } };
  const { error, undone, faults } = await add(DUAL, ends);
  assertEquals(
    String(error),
    "Cannot add masquerade rules; ip6tables: no IPv6",
  );
  assertEquals([acts(undone), faults], [["iptables-restore"], []]);
});

Deno.test("addMasquerade() reports an undo that fails", async () => {
  let count = 0;
  const run = fakeRun(() =>
    count++ === 0 ? {} : { status: 4, stderr: "busy\n" }
  );
  const undo = new UndoStack();
  await addMasquerade(MASQUERADE, { run, undo });
  assertEquals((await undo.unwind()).map(String), [
    "Cannot undo masquerade rules; iptables: busy",
  ]);
});

Deno.test("addMasquerade() adds nftables rules in one transaction", async () => {
  const { commands, error } = await add(DUAL, {}, "nftables");
  assertEquals(error, undefined);
  const owner = await nftablesOwner(DUAL);
  assertEquals(acts(commands), ["nft list", "nft transaction"]);
  assertEquals(commands[1], {
    program: "nft",
    args: ["-f", "-"],
    stdin: additionScript(DUAL, owner, []),
  });
});

Deno.test("addMasquerade() replaces older nftables rules of the attachment", async () => {
  const ends = { "nft list": { stdout: NFT_RULES } };
  const { commands, undone } = await add(MASQUERADE, ends, "nftables");
  const script = commands[1]?.stdin ?? "";
  assertEquals(script.includes("masq_checks handle 7\n"), true);
  assertEquals(acts(undone), ["nft list", "nft transaction"]);
});

Deno.test("addMasquerade() tells why nft failed", async () => {
  const stderr = "Error: Could not process rule: Operation not permitted\n";
  const ends = { "nft": { status: 1, stderr } };
  const { error, undone } = await add(MASQUERADE, ends, "nftables");
  assertEquals(
    String(error),
    "Cannot add masquerade rules; " +
      "nft: Could not process rule: Operation not permitted; it needs the " +
      "capability CAP_NET_ADMIN",
  );
  assertEquals(undone, []);
});

Deno.test("addMasquerade() chooses the backend", async (t) => {
  const broken = { status: 3, stderr: "no nat table\n" };
  const noIptables: Ends = {
    "iptables-restore": "missing",
    "iptables": "missing",
  };
  const noNft: Ends = { "nft": "missing" };
  const cases: Record<
    string,
    readonly [
      ends: Ends,
      backend: MasqueradeBackend | undefined,
      acts: readonly string[],
      failure: string | undefined,
    ]
  > = {
    "iptables, where both work": [{}, undefined, [
      "iptables-restore",
    ], undefined],
    "nftables, where iptables is missing": [noIptables, undefined, [
      "iptables-restore",
      "iptables probe",
      "nft probe",
      "nft list",
      "nft transaction",
    ], undefined],
    "nftables, where the kernel has no iptables": [
      {
        "iptables-restore": broken,
        "iptables list": broken,
        "iptables probe": broken,
      },
      undefined,
      [
        "iptables-restore",
        "iptables list",
        "iptables probe",
        "nft probe",
        "nft list",
        "nft transaction",
      ],
      undefined,
    ],
    "none, where iptables works but refuses these rules": [
      { "iptables-restore": broken },
      undefined,
      ["iptables-restore", "iptables list", "iptables probe"],
      "iptables: no nat table",
    ],
    "iptables, where the probe finds no rule number 1": [
      { "iptables-restore": broken, "iptables probe": { status: 1 } },
      undefined,
      ["iptables-restore", "iptables list", "iptables probe"],
      "iptables: no nat table",
    ],
    "none, where neither is installed": [
      { ...noIptables, ...noNft },
      undefined,
      ["iptables-restore", "iptables probe", "nft probe"],
      "install the package iptables",
    ],
    "none, where nft is there but unusable": [
      { ...noIptables, "nft probe": { status: 1 } },
      undefined,
      ["iptables-restore", "iptables probe", "nft probe"],
      "install the package iptables",
    ],
    "iptables, as told, though only nftables works": [
      noIptables,
      "iptables",
      ["iptables-restore"],
      "install the package iptables",
    ],
    "nftables, as told, though only iptables works": [
      noNft,
      "nftables",
      ["nft list"],
      "install the package nftables",
    ],
  };
  for (
    const [why, [ends, backend, expected, failure]] of Object.entries(cases)
  ) {
    await t.step(why, async () => {
      const { commands, error } = await add(MASQUERADE, ends, backend);
      assertEquals(acts(commands), expected);
      const text = error === undefined ? undefined : String(error);
      assertEquals(text?.includes(failure ?? "none") ?? false, !!failure, text);
    });
  }
});

Deno.test("isIptablesUsable() and isNftablesUsable() pass on surprises", async () => {
  const run = fakeRun(() => {
    throw new TypeError("surprise");
  });
  await assertRejects(() => isIptablesUsable(run), TypeError);
  await assertRejects(() => isNftablesUsable(run), TypeError);
});

/** Removes both families' masquerade and tells the acts and the error. */
async function remove(ends: Ends) {
  const run = runWith(ends);
  const isKept = () => false;
  let error: unknown;
  try {
    await removeMasquerade(MASQUERADE, { run, isKept, families: [4, 6] });
  } catch (thrown) {
    error = thrown;
  }
  return { commands: run.commands, error };
}

Deno.test("removeMasquerade() removes the rules of both backends", async () => {
  const { commands, error } = await remove({
    "iptables list": { stdout: RULES },
    "nft list": { stdout: NFT_RULES },
  });
  assertEquals(error, undefined);
  assertEquals(
    // Both at a time, so in no order of their own.
    commands.filter((command) => command.stdin !== undefined)
      .sort((a, b) => a.program < b.program ? -1 : 1),
    [
      {
        program: "iptables-restore",
        args: ["--noflush", "--wait"],
        stdin: "*nat\n" +
          `-D POSTROUTING -s 10.0.0.2/32 ${COMMENT} -j ${CHAIN}\n` +
          `-F ${CHAIN}\n-X ${CHAIN}\nCOMMIT\n`,
      },
      {
        program: "nft",
        args: ["-f", "-"],
        stdin: "delete rule inet cni_plugins_masquerade masq_checks handle 7\n",
      },
    ],
  );
});

Deno.test("removeMasquerade() succeeds where there is nothing to remove", async (t) => {
  const unusable = {
    status: 3,
    stderr: "iptables v1.8.9 (legacy): can't initialize iptables table " +
      "`nat': Permission denied (you must be root)\n",
  };
  const empty = { "nft list": { stdout: '{"nftables":[]}' } };
  const cases: Record<string, Ends> = {
    "no rules": empty,
    "no nft table": { "nft list": NO_TABLE },
    "no iptables": { ...empty, "iptables": "missing", "ip6tables": "missing" },
    "no nft": { "nft": "missing" },
    "neither": {
      "iptables": "missing",
      "ip6tables": "missing",
      "nft": "missing",
    },
    "no nat table in the kernel": {
      ...empty,
      "iptables": unusable,
      "ip6tables": unusable,
    },
  };
  for (const [why, ends] of Object.entries(cases)) {
    await t.step(why, async () => {
      const { commands, error } = await remove(ends);
      assertEquals(error, undefined);
      const own = acts(commands).filter((act) => !act.includes("-nft "));
      assertEquals(own.sort(), ["ip6tables list", "iptables list", "nft list"]);
      // What the other kind of iptables has is looked for if there is one.
      const isThere = !JSON.stringify(ends).includes("iptables");
      const others = acts(commands).filter((act) => act.includes("-nft "));
      assertEquals(
        others.sort(),
        isThere ? ["ip6tables-nft list", "iptables-nft list"] : [],
      );
    });
  }
});

Deno.test("removeMasquerade() removes one backend's rules though the other fails", async (t) => {
  const rules = {
    "iptables list": { stdout: RULES },
    "nft list": { stdout: NFT_RULES },
  };
  const failed = { status: 4, stderr: "busy\n" };
  const cases: Record<string, readonly [Ends, string]> = {
    "iptables cannot be read": [
      { ...rules, "iptables list": failed },
      "Cannot list masquerade rules; iptables: busy",
    ],
    "iptables refuses": [
      { ...rules, "iptables-restore": failed },
      "Cannot remove masquerade rules; iptables: busy",
    ],
    "nft refuses": [
      { ...rules, "nft transaction": failed },
      "Cannot remove masquerade rules; nft: busy",
    ],
  };
  for (const [why, [ends, text]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const { commands, error } = await remove(ends);
      assertEquals([error instanceof CniError, String(error)], [true, text]);
      const done = acts(commands);
      const isNft = why.startsWith("nft");
      const other = isNft ? "iptables-restore" : "nft transaction";
      assertEquals(done.includes(other), true, done.join(", "));
    });
  }
});

Deno.test("removeMasquerade() looks only at the families it is told", async () => {
  const run = runWith({ "nft": "missing" });
  const isKept = () => false;
  await removeMasquerade(MASQUERADE, { run, isKept, families: [6] });
  assertEquals(acts(run.commands).sort(), [
    "ip6tables list",
    "ip6tables-nft list",
    "nft list",
  ]);
});

Deno.test("collectMasquerade() removes what is of no valid attachment", async () => {
  const run = runWith({
    "iptables list": { stdout: RULES },
    "nft list": { stdout: NFT_RULES },
  });
  await collectMasquerade("n1", { run, valid: [] });
  const scripts = run.commands.flatMap(({ stdin }) => stdin ?? []);
  assertEquals(scripts.length, 2);
  assertEquals(scripts.some((script) => script.includes(`-X ${CHAIN}`)), true);
  assertEquals(scripts.some((script) => script.includes("handle 7")), true);
});

Deno.test("collectMasquerade() leaves valid attachments and other networks", async () => {
  const ends: Ends = {
    "iptables list": { stdout: RULES },
    "nft list": { stdout: NFT_RULES },
  };
  const run = runWith(ends);
  await collectMasquerade("n1", { run, valid: [MASQUERADE] });
  await collectMasquerade("n2", { run, valid: [] });
  assertEquals(run.commands.filter(({ stdin }) => stdin !== undefined), []);
});

Deno.test("collectMasquerade() keeps iptables rules for any valid interface", async () => {
  const run = runWith({
    "iptables list": { stdout: RULES },
    "nft list": { stdout: NFT_RULES },
  });
  const valid = [{ ...MASQUERADE, ifname: "net1" }];
  await collectMasquerade("n1", { run, valid });
  const changed = run.commands.filter(({ stdin }) => stdin !== undefined);
  assertEquals(acts(changed), ["nft transaction"]);
});

Deno.test("collectMasquerade() succeeds where no program is installed", async () => {
  const run = fakeRun(({ program }) => missing(program));
  await collectMasquerade("n1", { run, valid: [] });
  assertEquals(acts(run.commands).sort(), [
    "ip6tables list",
    "iptables list",
    "nft list",
  ]);
});

Deno.test("removeMasquerade() goes on when another DEL was faster", async (t) => {
  const failed = { status: 2, stderr: "Chain does not exist\n" };
  const ends = async (isRemoved: boolean) => {
    const seen = new Set<string>();
    const run = fakeRun((command) => {
      const act = actOf(command);
      const isSecond = seen.has(act);
      seen.add(act);
      const isGone = isRemoved && isSecond;
      if (act === "iptables list") return { stdout: isGone ? "" : RULES };
      if (act === "nft list") {
        return isGone ? NO_TABLE : { stdout: NFT_RULES };
      }
      return failed;
    });
    const options = { run, isKept: () => false, families: [4] as const };
    await removeMasquerade(MASQUERADE, options);
    return acts(run.commands).toSorted();
  };
  await t.step("both backends look again, and find nothing", async () => {
    assertEquals(await ends(true), [
      "iptables list",
      "iptables list",
      "iptables-restore",
      "nft list",
      "nft list",
      "nft transaction",
    ]);
  });
  await t.step("what stays is an error", async () => {
    await assertRejects(() => ends(false), CniError, "masquerade rules");
  });
});
