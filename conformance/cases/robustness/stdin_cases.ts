import { type Case, readFailure, type Stage } from "../../suite/mod.ts";
import { forEach } from "../steps/mod.ts";
import { demandError } from "./demand_error.ts";

/** Text for stdin that is no configuration, by what is wrong with it. */
const TEXTS: Readonly<
  Record<string, (stage: Stage) => string | Uint8Array>
> = {
  "empty": () => "",
  "blank": () => " \n\t\n",
  "not-json": () => "cniVersion: 1.1.0\nname: net1\n",
  "xml": () => "<?xml version='1.0'?><cni/>",
  "truncated": (stage) => whole(stage).slice(0, -1),
  "two-documents": (stage) => whole(stage) + whole(stage),
  "trailing-text": (stage) => `${whole(stage)} end`,
  "array": (stage) => `[${whole(stage)}]`,
  "string": () => '"cni"',
  "number": () => "42",
  "unclosed-string": () => '{"name": "net1',
  "single-quotes": () => "{'name': 'net1'}",
  "comment": (stage) => `// a comment\n${whole(stage)}`,
  "nul-bytes": (stage) => `${whole(stage)}\0\0`,
  "binary": () => Uint8Array.from({ length: 256 }, (_, index) => 255 - index),
  "utf-16": (stage) => utf16(whole(stage)),
  "deep-nesting": () => "[".repeat(100_000),
  "huge-number": (stage) =>
    whole(stage).replace(/"name":"[^"]*"/, `"name":${"9".repeat(400)}`),
};

function whole(stage: Stage): string {
  return JSON.stringify(stage.config());
}

/** A text as UTF-16, with a mark for the order of bytes. */
function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 + 2 * text.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfeff, true);
  for (let i = 0; i < text.length; i++) {
    view.setUint16(2 + 2 * i, text.charCodeAt(i), true);
  }
  return bytes;
}

/** Cases about a stdin that is no configuration at all. */
export const STDIN_CASES: readonly Case[] = [
  ...Object.entries(TEXTS).map(([name, make]): Case => ({
    id: `robustness/stdin-${name}`,
    clause: {
      section: 'CNI 1.1.0, section 2, "Errors"',
      level: "MUST",
      requirement: `ADD with a stdin that is no configuration ` +
        `(${name.replaceAll("-", " ")}) fails in good order`,
    },
    run: async (stage) => {
      const sandbox = await stage.addSandbox();
      const stdin = make(stage);
      const record = await stage.call("ADD", sandbox, { stdin });
      demandError(record, stage, "ADD with this stdin");
    },
  })),
  {
    id: "robustness/stdin-error-objects",
    clause: {
      section: 'CNI 1.1.0, section 2, "Errors"',
      level: "SHOULD",
      requirement: "Whatever is on stdin, a failure prints an error object, " +
        "for DEL too",
    },
    run: async (stage) => {
      const sandbox = await stage.addSandbox();
      const names = ["empty", "truncated", "array", "binary", "deep-nesting"];
      await forEach(names, async (name) => {
        const stdin = TEXTS[name]?.(stage) ?? "";
        readFailure(await stage.call("DEL", sandbox, { stdin }));
      });
    },
  },
];
