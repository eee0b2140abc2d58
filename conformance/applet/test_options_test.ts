import { assertEquals } from "@std/assert";
import type { TerminalProcess } from "../../terminal/mod.ts";
import { searchPath } from "./test_options.ts";

Deno.test("searchPath() has the system's folders behind PATH", () => {
  const pathOf = (path: string) => {
    // Nothing else of a process is asked for.
    const env = (name: string) => name === "PATH" ? path : "no";
    return searchPath({ env } as unknown as TerminalProcess);
  };
  const system = "/usr/sbin:/usr/bin:/sbin:/bin";
  assertEquals(pathOf(""), system);
  assertEquals(pathOf("/a:/b"), `/a:/b:${system}`);
});
