import { assertEquals, assertThrows } from "@std/assert";
import {
  iptablesProgram,
  iptablesScript,
  parseIptables,
  quoteIptables,
  splitIptables,
} from "./iptables.ts";

Deno.test("parseIptables() tells chains and rules", () => {
  const text = "-P INPUT ACCEPT\n-N A-1\n-N B\n-A INPUT -j A-1\n-A A-1 -j B\n";
  assertEquals(parseIptables(text), {
    chains: new Set(["A-1", "B"]),
    rules: ["INPUT -j A-1", "A-1 -j B"],
  });
  assertEquals(parseIptables(""), { chains: new Set<string>(), rules: [] });
});

Deno.test("iptablesScript() is one transaction", () => {
  assertEquals(
    iptablesScript("nat", ["-N A", "-A A -j ACCEPT"]),
    "*nat\n-N A\n-A A -j ACCEPT\nCOMMIT\n",
  );
});

Deno.test("quoteIptables() quotes as iptables -S does, and back", async (t) => {
  const cases: Record<string, string> = {
    "plain-word_1": "plain-word_1",
    "two words": '"two words"',
    'name: "n" id: "c"': '"name: \\"n\\" id: \\"c\\""',
    "it's": '"it\\\'s"',
    "a\\b": '"a\\\\b"',
    "": '""',
    "10.0.0.1": '"10.0.0.1"',
  };
  for (const [word, quoted] of Object.entries(cases)) {
    await t.step(quoted, () => {
      assertEquals(quoteIptables(word), quoted);
      assertEquals(splitIptables(`A ${quoted} -j B`), ["A", word, "-j", "B"]);
    });
  }
  assertThrows(() => quoteIptables("a\n-A INPUT -j DROP"), TypeError);
});

Deno.test("iptablesProgram() names the family's program", () => {
  assertEquals(iptablesProgram(4), "iptables");
  assertEquals(iptablesProgram(6, "tables-restore"), "ip6tables-restore");
});
