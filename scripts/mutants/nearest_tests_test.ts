import { assertEquals } from "@std/assert";
import { nearestTests, partOf } from "./nearest_tests.ts";

const FILES = [
  "conformance/run/judge_test.ts",
  "lib/net/cidr.ts",
  "lib/net/cidr_test.ts",
  "lib/net/mac_test.ts",
  "lib/state/mac_test.ts",
  "lib/linux/apply_kernel_test.ts",
  "lib/linux/apply_linux_test.ts",
  "lib/linux/batch_test.ts",
  "plugins/main/tap/config_test.ts",
  "plugins/meta/sbr/config_test.ts",
  "plugins/shared/ipam_test.ts",
  "tests/completion_test.ts",
  "tests/conformance/docs_test.ts",
  "tests/conformance/ipam_mutants_kernel_test.ts",
  "tool/commands/add_command_test.ts",
  "tool/commands/del_command_test.ts",
  "tool/run_tool_test.ts",
];

Deno.test("nearestTests() begins with what knows the file best", async (t) => {
  const cases: Record<string, readonly (readonly string[])[]> = {
    "lib/net/cidr.ts": [["lib/net/cidr_test.ts"], ["lib/net/mac_test.ts"]],
    "lib/net/new.ts": [["lib/net/cidr_test.ts", "lib/net/mac_test.ts"]],
    "lib/linux/apply_linux.ts": [
      ["lib/linux/apply_kernel_test.ts", "lib/linux/apply_linux_test.ts"],
      ["lib/linux/batch_test.ts"],
    ],
    "tool/commands/add_command.ts": [
      ["tool/commands/add_command_test.ts"],
      ["tool/commands/del_command_test.ts"],
      ["tool/run_tool_test.ts"],
      ["tests/completion_test.ts"],
    ],
    "conformance/cases/ipam/lease.ts": [
      ["conformance/run/judge_test.ts"],
      [
        "tests/conformance/docs_test.ts",
        "tests/conformance/ipam_mutants_kernel_test.ts",
      ],
    ],
    "plugins/shared/probe/probe_linux.ts": [
      ["plugins/shared/ipam_test.ts"],
      ["plugins/main/tap/config_test.ts"],
    ],
    "terminal/flag.ts": [],
  };
  for (const [file, expected] of Object.entries(cases)) {
    await t.step(file, () => {
      assertEquals(nearestTests(file, FILES), expected);
    });
  }
});

Deno.test("partOf() names the part of the project", () => {
  const files = [
    "lib/net/x.ts",
    "plugins/main/tap/x.ts",
    "plugins/shared/probe/x.ts",
    "plugins/mod.ts",
    "tool/a/b/x.ts",
  ];
  assertEquals(files.map(partOf), [
    ...["lib/net", "plugins/main/tap", "plugins/shared", "plugins", "tool"],
  ]);
});
