import { assertEquals } from "@std/assert";
import { CniCode } from "../../../lib/spec/mod.ts";

const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;

/** Locks the bridges that it is told: prints what came of each. */
const PROGRAM = `
const { lockBridge } = await import(Deno.args[0]);
const found = [];
for (const name of Deno.args.slice(1)) {
  try {
    using lock = await lockBridge(name, "exclusive");
    found.push(lock === undefined ? "none" : "locked");
  } catch (error) {
    found.push(error.code);
  }
}
console.log(JSON.stringify(found));
`;

/** What comes of locks on a host whose `/run/cni` is as a script makes it. */
async function locksOn(
  script: string,
  names: readonly string[],
): Promise<unknown> {
  const module = new URL("./bridge_lock_linux.ts", import.meta.url).href;
  const command = new Deno.Command("unshare", {
    args: [
      ...["--mount", "sh", "-ec", `${script}\nexec "$@"`, "sh"],
      ...[Deno.execPath(), "eval", "--quiet", PROGRAM, module, ...names],
    ],
    cwd: new URL("../../..", import.meta.url),
    stdin: "null",
  });
  const { stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout);
  assertEquals(text.startsWith("["), true, decoder.decode(stderr));
  return JSON.parse(text);
}

const name = "lockBridge() goes on without a lock only in a read-only folder";
Deno.test({
  name: isRoot ? name : `${name} [skipped: needs root on Linux]`,
  ignore: !isRoot,
  async fn(t) {
    const fresh = "mkdir -p /run/cni && mount -t tmpfs none /run/cni";
    const inTheWay = CniCode.IoFailure;
    await t.step("a file of its own, and one that is there", async () => {
      const script = `${fresh}; : > /run/cni/bridge-b.lock`;
      assertEquals(await locksOn(script, ["a", "b"]), ["locked", "locked"]);
    });
    await t.step("something else in the place of the file", async () => {
      const script = `${fresh}
mkdir /run/cni/bridge-a.lock
mkfifo /run/cni/bridge-b.lock
ln -s /dev/null /run/cni/bridge-c.lock`;
      assertEquals(
        await locksOn(script, ["a", "b", "c", "d"]),
        [inTheWay, inTheWay, inTheWay, "locked"],
      );
    });
    await t.step("a file in the place of the folder", async () => {
      const script = "mount -t tmpfs none /run && : > /run/cni";
      assertEquals(await locksOn(script, ["a"]), [inTheWay]);
    });
    await t.step("a folder that cannot be written", async () => {
      const script = `${fresh} && mount -o remount,ro /run/cni`;
      assertEquals(await locksOn(script, ["a"]), ["none"]);
    });
  },
});
