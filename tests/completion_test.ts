import { assertEquals } from "@std/assert";
import { SHELL_SCRIPTS } from "../tool/completion/shell_scripts.ts";
import { locate } from "./e2e/_harness.ts";

/** What stands for `cni`: it tells which words it was asked about. */
const STAND_IN = `#!/bin/sh
shift 3
case "$*" in
"tool validate "*) echo :files ;;
*) printf 'net1\\tbridge (host-local)\\nna:b\\tnone\\n'; echo "$*" >"$0.asked" ;;
esac
`;

/** Lines of each shell that complete \`cni tool add n\` and print the words. */
const LINES = {
  bash: `COMP_WORDS=(cni tool add n); COMP_CWORD=3; _cni
printf '%s\\n' "\${COMPREPLY[@]}"
COMP_WORDS=(cni tool validate comple); COMP_CWORD=3; _cni
printf '%s\\n' "\${COMPREPLY[@]}"`,
  // Without a terminal there is no completion system: what it is handed counts.
  zsh: `words=(cni tool add n); CURRENT=4; _cni
words=(cni tool validate comple); CURRENT=4; _cni`,
  fish: `complete -C 'cni tool add n' | cut -f1
complete -C 'cni tool validate comple'`,
} as const;

const BEFORE = {
  bash: "",
  zsh: `compdef() { :; }
_describe() { printf '%s\\n' "\${items[@]%:*}" | sed 's/\\\\:/:/'; }
_files() { echo completion_file; }
`,
  fish: "",
} as const;

for (const shell of ["bash", "zsh", "fish"] as const) {
  const isThere = locate(shell) !== undefined;
  Deno.test({
    name: `the completion of ${shell} asks the program` +
      (isThere ? "" : ` [skipped: needs ${shell}]`),
    ignore: !isThere,
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        await Deno.writeTextFile(`${folder}/cni`, STAND_IN, { mode: 0o755 });
        await Deno.writeTextFile(`${folder}/completion_file`, "");
        const script = BEFORE[shell] + SHELL_SCRIPTS[shell] + LINES[shell];
        await Deno.writeTextFile(`${folder}/script`, script);
        const { stdout, stderr } = await new Deno.Command(shell, {
          args: [`${folder}/script`],
          cwd: folder,
          env: {
            HOME: folder,
            PATH: `${folder}:${Deno.env.get("PATH") ?? ""}`,
          },
        }).output();
        const decoder = new TextDecoder();
        assertEquals(decoder.decode(stderr), "");
        // Fish puts them in order.
        assertEquals(decoder.decode(stdout).trim().split("\n").sort(), [
          "completion_file",
          "na:b",
          "net1",
        ]);
        const asked = await Deno.readTextFile(`${folder}/cni.asked`);
        assertEquals(asked, "tool add n\n");
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
