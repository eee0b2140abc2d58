import { assertEquals } from "@std/assert";
import { fakeRun } from "../linux/_testing.ts";
import { createRecorder, transactionText } from "./recorder.ts";

Deno.test("createRecorder() runs what reads and keeps what changes", async () => {
  const real = fakeRun(() => ({ stdout: "listing" }));
  const { run, changes } = createRecorder(real);
  const reads = [
    { program: "iptables", args: ["-t", "nat", "-S"] },
    { program: "nft", args: ["-j", "list", "tables"] },
  ];
  const writes = [
    { program: "iptables-restore", args: ["--noflush"], stdin: "*nat\n" },
    { program: "nft", args: ["-f", "-"], stdin: "add table inet t\n" },
  ];
  const outputs = await Promise.all([...reads, ...writes].map(run));
  assertEquals(outputs.map(({ stdout }) => stdout), [
    ...["listing", "listing", "", ""],
  ]);
  assertEquals(real.commands, reads);
  assertEquals(changes, writes);
});

Deno.test("transactionText() is what a person would type", () => {
  const args = ["-f", "-"];
  assertEquals(
    [
      { program: "iptables-restore", args, stdin: "*nat\n-X A\nCOMMIT\n" },
      { program: "nft", args, stdin: 'add rule t c comment "it\'s"\n' },
      { program: "nft", args: ["-j", ...args], stdin: '{"nftables":[]}' },
    ].flatMap(transactionText),
    [
      "iptables -t nat -X A",
      `nft 'add rule t c comment "it'\\''s"'`,
      `nft -j -f - <<< '{"nftables":[]}'`,
    ],
  );
});
