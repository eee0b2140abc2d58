import { assertEquals, assertRejects } from "@std/assert";
import {
  type Command,
  type Output,
  UndoStack,
} from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { settleSysctls, sysctlAct, sysctlScript } from "./set_sysctls_linux.ts";

const NETNS = "/run/netns/c1";
const SYSCTLS = [
  { name: "net.a", path: "net/a", value: "1" },
  { name: "net.b", path: "net/b", value: "1 2" },
  { name: "net.c", path: "net/c", value: "it's" },
];
const BEFORE = new Map([["net/a", "0"], ["net/b", "0 0"]]);

/** Sets the parameters; the commands end so, one after the other. */
function set(outputs: readonly Partial<Output>[], sysctls = SYSCTLS) {
  const scripts: string[] = [];
  const rest = [...outputs];
  const run = ({ program, args, stdin = "", netns }: Command) => {
    assertEquals([program, args, netns], ["sh", ["-s"], NETNS]);
    scripts.push(stdin);
    const output = { status: 0, stdout: "", stderr: "", ...rest.shift() };
    return Promise.resolve(output);
  };
  const undo = new UndoStack();
  const options = { netns: NETNS, run, undo, values: BEFORE };
  const act = async () => {
    const stdin = sysctlScript(sysctls);
    const command = { program: "sh", args: ["-s"], stdin, netns: NETNS };
    settleSysctls(sysctls, { ...options, output: await run(command) });
  };
  return { act, undo, scripts };
}

const SET_ALL =
  `printf '%s\\n' 1 >'/proc/sys/net/a' || { echo '@0' >&2; exit 84; }
printf '%s\\n' '1 2' >'/proc/sys/net/b' || { echo '@1' >&2; exit 84; }
printf '%s\\n' 'it'\\''s' >'/proc/sys/net/c' || { echo '@2' >&2; exit 84; }
`;

Deno.test("settleSysctls() sets all in order, and puts back what it knows", async () => {
  const { act, undo, scripts } = set([]);
  await act();
  assertEquals(scripts, [SET_ALL]);
  assertEquals(await undo.unwind(), []);
  assertEquals(scripts.slice(1), [`failed=0
printf '%s\\n' '0 0' >'/proc/sys/net/b' || failed=1
printf '%s\\n' 0 >'/proc/sys/net/a' || failed=1
exit $failed
`]);
});

Deno.test("sysctlScript() is empty without parameters", () => {
  assertEquals(sysctlScript([]), "");
});

Deno.test("settleSysctls() puts back what stands before the one that failed", async (t) => {
  const stderr = "sh: 3: printf: printf: I/O error\n@1\n";
  const { act, undo, scripts } = set([{ status: 84, stderr }]);
  await t.step("which the kernel does not take", async () => {
    const error = await assertRejects(act, CniError, '"net.b"');
    assertEquals(error.code, CniCode.InvalidConfig);
  });
  await t.step("which is all that was done", async () => {
    await undo.unwind();
    assertEquals(scripts.length, 2);
    assertEquals(scripts[1]!.includes("/net/a"), true);
    assertEquals(scripts[1]!.includes("/net/b"), false);
  });
  await t.step("nothing, if it is the first", async () => {
    const first = set([{
      status: 1,
      stderr: "sh: 2: cannot create /proc/sys/net/a: Permission denied\n@0\n",
    }]);
    const error = await assertRejects(first.act, CniError, '"net.a"');
    assertEquals(error.code, CniCode.Internal);
    await first.undo.unwind();
    assertEquals(first.scripts.length, 1);
  });
  await t.step("nothing, if the namespace cannot be entered", async () => {
    const none = set([{ status: 1, stderr: "nsenter: no\n" }]);
    await assertRejects(none.act, CniError, '"net.a"');
    await none.undo.unwind();
    assertEquals(none.scripts.length, 1);
  });
});

Deno.test("settleSysctls() says what cannot be put back", async () => {
  const stderr = "sh: 2: cannot create\n";
  const { act, undo } = set([{}, { status: 84, stderr }]);
  await act();
  assertEquals((await undo.unwind()).length, 1);
});

Deno.test("sysctlAct() is what a person would type", () => {
  assertEquals(sysctlAct(SYSCTLS[1]!, NETNS), {
    purpose: "set the kernel parameter net/b to 1 2",
    command: `nsenter --net=${NETNS} sysctl -w net/b='1 2'`,
  });
});
