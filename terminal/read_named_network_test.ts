import { assertEquals, assertRejects } from "@std/assert";
import { CniError } from "../lib/spec/mod.ts";
import { readNamedBytes } from "./read_named_file.ts";
import { readNamedNetwork } from "./read_named_network.ts";
import type { TerminalProcess } from "./terminal_process.ts";

const BYTES = new Uint8Array([0xef, 0xbb, 0xbf, 0xff, 0x00, 0x0a]);

/** A process in a working folder; it is asked for nothing else. */
function processIn(folder: string): TerminalProcess {
  const unused = () => {
    throw new Error("not to be called");
  };
  return {
    env: unused,
    readStdin: () => Promise.resolve("\uFEFF{}"),
    writeStdout: unused,
    writeStderr: unused,
    cwd: () => folder,
    isTerminal: unused,
    onInterrupt: unused,
  };
}

/** Files that need not be read to be made. */
function makeFiles(): { readonly folder: string } & Disposable {
  const folder = Deno.makeTempDirSync();
  Deno.mkdirSync(`${folder}/n/20.conf`, { recursive: true });
  const files = {
    "bytes": BYTES,
    "a.conflist": '{ "name": "n" }',
    "b.conflist": '{ "name": "b" }',
    "b": "",
    "n/b c.conf": "{}",
    "n/a\nb.conf": "{}",
    "n/.d.conf": "{}",
    "n/e.json": "{}",
  };
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    Deno.writeFileSync(`${folder}/${name}`, bytes);
  }
  return {
    folder,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

// Where this program may not read, others do: with the same outcome.
for (const read of [true, false]) {
  Deno.test({
    name: `readNamedNetwork() reads anywhere, here ${
      read ? "itself" : "by other programs"
    }`,
    ignore: Deno.build.os === "windows",
    permissions: { read, write: true, run: true, env: true },
    async fn() {
      using files = makeFiles();
      const process = processIn(files.folder);
      assertEquals(await readNamedBytes("bytes", process), BYTES);
      const { own, further } = await readNamedNetwork("a.conflist", process);
      assertEquals(own.file, "a.conflist");
      assertEquals(
        further.map(({ file }) => file),
        ["n/.d.conf", "n/a\nb.conf", "n/b c.conf"],
      );
      await assertRejects(
        () => readNamedNetwork("b.conflist", process),
        CniError,
        "failed to read plugin config files in",
      );
      await assertRejects(
        () => readNamedNetwork("n", process),
        CniError,
        "Cannot read n: Is a directory",
      );
      await assertRejects(
        () => readNamedNetwork("nope", process),
        CniError,
        "Cannot read nope: No such file or directory",
      );
      const stdin = await readNamedNetwork("-", process);
      assertEquals(
        new TextDecoder("utf-8", { ignoreBOM: true })
          .decode(stdin.own.content as Uint8Array),
        "\uFEFF{}",
      );
    },
  });
}
