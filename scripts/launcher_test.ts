import { assertEquals } from "@std/assert";
import { launcherScript } from "./launcher.ts";

/** A bundle that tells what it was started with and may do. */
const BUNDLE = `
const names = ["read", "write", "run", "env", "net", "ffi", "sys", "import"];
const states = names.map((name) => Deno.permissions.querySync({ name }).state);
const inside = Deno.permissions.querySync({ name: "write", path: "/w/x" });
const late = await import("./late part.js");
console.log(JSON.stringify({ args: Deno.args, states, inside: inside.state, late: late.value }));
`;

Deno.test({
  name:
    "launcherScript() starts the bundle by any name, with an empty environment",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "it's a folder " });
    try {
      await Deno.writeTextFile(`${folder}/cli.js`, BUNDLE);
      const late = "export const value = 1;";
      await Deno.writeTextFile(`${folder}/late part.js`, late);
      const script = launcherScript({
        deno: Deno.execPath(),
        entry: `${folder}/cli.js`,
        permissions: { read: ["/r"], write: ["/w"], env: ["E"] },
      });
      await Deno.writeTextFile(`${folder}/cni`, script, { mode: 0o755 });
      await Deno.symlink("cni", `${folder}/bridge`);
      const { stdout, stderr } = await new Deno.Command(`${folder}/bridge`, {
        args: ["two words", "$HOME", ""],
        clearEnv: true,
        cwd: "/",
      }).output();
      const decoder = new TextDecoder();
      assertEquals(decoder.decode(stderr), "");
      assertEquals(JSON.parse(decoder.decode(stdout)), {
        args: [`${folder}/bridge`, "two words", "$HOME", ""],
        states: [
          "prompt", // Some paths, not all.
          "prompt",
          "granted",
          "prompt",
          "prompt",
          "prompt",
          "prompt",
          "denied",
        ],
        inside: "granted",
        late: 1,
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
