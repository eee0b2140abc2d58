import { assertEquals } from "@std/assert";
import { askDaemon } from "./ask_daemon.ts";

/** Listens at a socket, and answers what it is asked. */
function listen(socket: string, answer: (asked: string) => string) {
  const listener = Deno.listen({ transport: "unix", path: socket });
  const served = (async () => {
    for await (const connection of listener) {
      const bytes = new Uint8Array(64);
      const got = await connection.read(bytes) ?? 0;
      const asked = new TextDecoder().decode(bytes.subarray(0, got));
      await connection.write(new TextEncoder().encode(answer(asked)));
      connection.close();
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await served;
    },
  };
}

Deno.test({
  name: "askDaemon() tells what a daemon says, or that none does",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    const socket = `${folder}/s`;
    try {
      assertEquals(await askDaemon(socket), "absent");
      const told = { buildId: "b1", running: 1 };
      {
        await using _daemon = listen(
          socket,
          (asked) => asked === "STATUS\n" ? `${JSON.stringify(told)}\n` : "",
        );
        assertEquals<unknown>(await askDaemon(socket), told);
      }
      await using _other = listen(`${folder}/other`, () => "hello");
      assertEquals(await askDaemon(`${folder}/other`), "mute");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
