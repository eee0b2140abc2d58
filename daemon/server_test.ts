import { assertEquals, assertMatch } from "@std/assert";
import { definePlugin, type Registry } from "../lib/plugin/mod.ts";
import { CallQueue } from "./call_queue.ts";
import type { Identity } from "./decline.ts";
import { Metrics } from "./metrics.ts";
import { type LogLine, Server } from "./server.ts";

const IDENTITY: Identity = {
  buildId: "b1",
  namespaces: { net: "4:1", mnt: "4:2" },
  cwd: "/",
  programVariables: { LD_LIBRARY_PATH: "" },
};

/** What a shim sends; each part may be another. */
function requestBytes(parts: {
  readonly buildId?: string;
  readonly net?: string;
  readonly mnt?: string;
  readonly applet?: string;
  readonly cwd?: string;
  readonly command?: string;
  readonly containerId?: string;
  readonly netns?: string;
  readonly path?: string;
  readonly forceExec?: string;
  readonly searchPath?: string;
  readonly libraryPath?: string;
  readonly stdin?: string;
} = {}): Uint8Array {
  const header = [
    ...[parts.buildId ?? "b1", parts.net ?? "4:1", parts.mnt ?? "4:2"],
    ...[parts.applet ?? "echo", parts.cwd ?? "/"],
    `CNI_COMMAND=${parts.command ?? "ADD"}`,
    `CNI_CONTAINERID=${parts.containerId ?? "c1"}`,
    `CNI_NETNS=${parts.netns ?? "/run/netns/x"}`,
    ...["CNI_IFNAME=eth0", `CNI_PATH=${parts.path ?? "/p"}`],
    `CNI_FORCE_EXEC=${parts.forceExec ?? ""}`,
    `PATH=${parts.searchPath ?? "/usr/bin"}`,
    `LD_LIBRARY_PATH=${parts.libraryPath ?? ""}`,
  ].map((text) => `${text}\0`).join("");
  const stdin = parts.stdin ??
    '{"cniVersion":"1.0.0","name":"n1","type":"echo"}';
  const encoder = new TextEncoder();
  const body = encoder.encode(header + stdin);
  const sizes = encoder.encode(header).length;
  const line = encoder.encode(`CNI1 ${sizes} ${body.length - sizes}\n`);
  return new Uint8Array([...line, ...body]);
}

/** A shim's end: sends bytes in pieces, and keeps what is answered. */
class FakePeer {
  readonly #pieces: Uint8Array[];
  readonly #closed = Promise.withResolvers<void>();
  answer = "";

  constructor(bytes: Uint8Array, pieceBytes = 50) {
    this.#pieces = [];
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      this.#pieces.push(bytes.subarray(at, at + pieceBytes));
    }
  }

  async read(into: Uint8Array): Promise<number | null> {
    await Promise.resolve();
    const piece = this.#pieces.shift();
    if (piece === undefined) return null;
    const taken = piece.subarray(0, into.length);
    into.set(taken);
    if (taken.length < piece.length) {
      this.#pieces.unshift(piece.subarray(taken.length));
    }
    return taken.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.answer += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.#closed.resolve();
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }
}

/** A plugin that ends when told, and plugins that fail. */
function fakePlugins() {
  const ends: (() => void)[] = [];
  const started: string[] = [];
  const deleted: string[] = [];
  const echo = definePlugin({
    name: "echo",
    add: async (request, context) => {
      started.push(request.containerId);
      context.warn("careful");
      await new Promise<void>((resolve) => ends.push(resolve));
      return { ips: [] };
    },
    check: () => Promise.reject(new Error("no")),
    del: ({ containerId }) => {
      deleted.push(containerId);
      return Promise.resolve();
    },
  });
  const registry: Registry = new Map([
    ["echo", () => Promise.resolve(echo)],
  ]);
  return { registry, ends, started, deleted };
}

function startServer(maxCalls = 2) {
  const { registry, ends, started, deleted } = fakePlugins();
  const metrics = new Metrics();
  const lines: LogLine[] = [];
  let retired = 0;
  const server = new Server({
    identity: IDENTITY,
    registry,
    self: "/opt/cni/bin/cni",
    findsSamePrograms: (path) => Promise.resolve(path === "/usr/bin"),
    queue: new CallQueue(maxCalls),
    metrics,
    onRetire: () => retired++,
    log: (line) => lines.push(line),
  });
  const serve = async (peer: FakePeer) => {
    await server.serve((async function* () {
      await Promise.resolve();
      yield peer;
    })());
  };
  return {
    ...{ server, serve, ends, started, deleted, metrics, lines },
    retired: () => retired,
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

Deno.test("Server runs a call and answers as the program does", async () => {
  const { serve, ends, lines, metrics, server } = startServer();
  const peer = new FakePeer(requestBytes(), 7);
  await serve(peer);
  await settle();
  assertEquals(peer.answer, "A");
  assertEquals(server.load, { running: 1, waiting: 0 });
  ends[0]!();
  await peer.closed;
  const stdout = '{\n    "cniVersion": "1.0.0"\n}';
  const stderr = "careful\n";
  assertEquals(
    peer.answer,
    `A0 ${stdout.length} ${stderr.length}\n${stdout}${stderr}`,
  );
  const [{ durationMs, ...line }] = lines as [LogLine];
  assertEquals(durationMs > 0, true);
  assertEquals(line, {
    plugin: "echo",
    command: "ADD",
    attachment: "c1/eth0",
    code: 0,
    message: "",
  });
  assertMatch(
    metrics.format(server.load),
    /^cni_calls_total\{plugin="echo",command="ADD",code="0"\} 1$/m,
  );
});

Deno.test("Server takes an ADD back whose result could not be written", async (t) => {
  const add = async (answer: string) => {
    const { serve, ends, deleted } = startServer();
    const peer = new FakePeer(requestBytes(), 1 << 20);
    const say = Promise.withResolvers<void>();
    const { read } = peer;
    let isRead = false;
    peer.read = async (into) => {
      if (!isRead) return isRead = true, await read.call(peer, into);
      await say.promise;
      into.set(new TextEncoder().encode(answer));
      return answer.length === 0 ? null : answer.length;
    };
    await serve(peer);
    await settle();
    ends[0]!();
    await settle();
    const before = peer.answer.length;
    say.resolve();
    await peer.closed;
    return { deleted, more: peer.answer.slice(before) };
  };
  await t.step("it is told so", async () => {
    assertEquals(await add("U"), { deleted: ["c1"], more: "1 0 0\n" });
  });
  await t.step("not when the shim has ended", async () => {
    assertEquals(await add(""), { deleted: [], more: "" });
  });
});

Deno.test("Server answers with the error object of a call that fails", async () => {
  const { serve, lines } = startServer();
  const peer = new FakePeer(requestBytes({ command: "CHECK" }));
  await serve(peer);
  await peer.closed;
  const [head, ...rest] = peer.answer.split("\n");
  assertMatch(head!, /^A1 \d+ 0$/);
  assertEquals(JSON.parse(rest.join("\n")).code, 999);
  assertEquals(lines.map(({ code, message }) => [code, message]), [[
    999,
    "no",
  ]]);
});

Deno.test("Server declines what it would not do as the program does", async (t) => {
  const cases: Record<string, Parameters<typeof requestBytes>[0]> = {
    build: { buildId: "b2" },
    network_namespace: { net: "4:9" },
    mount_namespace: { mnt: "4:9" },
    force_exec: { forceExec: "1" },
    path: { searchPath: "/other" },
    variables: { libraryPath: "/other" },
    no_plugin: { applet: "nope" },
    relative_path: { cwd: "/root", netns: "netns/x" },
  };
  for (const [reason, parts] of Object.entries(cases)) {
    await t.step(reason, async () => {
      const { serve, started, metrics } = startServer();
      const peer = new FakePeer(requestBytes(parts));
      await serve(peer);
      await peer.closed;
      assertEquals(peer.answer, "D");
      assertEquals(started, []);
      assertEquals(metrics.summary(), { calls: [], declined: { [reason]: 1 } });
    });
  }
  await t.step("not for its own folder's sake", async () => {
    const { serve, started } = startServer();
    const peer = new FakePeer(requestBytes({ cwd: "/root", command: "DEL" }));
    await serve(peer);
    await peer.closed;
    assertEquals([peer.answer[0], started], ["A", []]);
  });
});

Deno.test("Server closes on those who speak otherwise", async (t) => {
  const text = (value: string) => new TextEncoder().encode(value);
  const whole = requestBytes();
  const cases: Record<string, Uint8Array> = {
    "nothing": text(""),
    "no line": text("x".repeat(1000)),
    "another protocol": text("GET / HTTP/1.1\n\n"),
    "a header too long": text("CNI1 99999999 1\n"),
    "a header without its texts": text("CNI1 4 0\nab\0\0"),
    "half a request": whole.subarray(0, whole.length - 1),
    "more than a request": new Uint8Array([...whole, 1]),
    "a word that it does not know": text("HELLO\n"),
  };
  for (const [why, bytes] of Object.entries(cases)) {
    await t.step(why, async () => {
      const { serve, started } = startServer();
      const peer = new FakePeer(bytes, 1 << 20);
      await serve(peer);
      await peer.closed;
      assertEquals([peer.answer, started], ["", []]);
    });
  }
});

Deno.test("Server keeps the order of one attachment, and the limit", async () => {
  const { serve, ends, started, server } = startServer(2);
  const peers = ["a", "a", "b", "c"].map((containerId) =>
    new FakePeer(requestBytes({ containerId }))
  );
  for (const peer of peers) await serve(peer);
  await settle();
  assertEquals(started, ["a", "b"]);
  assertEquals(server.load, { running: 2, waiting: 2 });
  ends[1]!();
  await settle();
  assertEquals(started, ["a", "b", "c"]);
  ends[0]!();
  await settle();
  assertEquals(started, ["a", "b", "c", "a"]);
  ends[2]!();
  ends[3]!();
  await Promise.all(peers.map(({ closed }) => closed));
});

Deno.test("Server.drain() finishes what runs and declines what waits", async () => {
  const { serve, ends, server } = startServer(1);
  const [first, second] = ["a", "b"].map((containerId) =>
    new FakePeer(requestBytes({ containerId }))
  ) as [FakePeer, FakePeer];
  await serve(first);
  await serve(second);
  await settle();
  const drained = server.drain(10_000);
  const late = new FakePeer(requestBytes());
  await serve(late);
  ends[0]!();
  assertEquals(await drained, 0);
  assertEquals([first.answer[0], second.answer, late.answer], ["A", "D", "D"]);
});

Deno.test("Server.drain() does not wait for ever", async () => {
  const { serve, ends, server } = startServer(1);
  const peer = new FakePeer(requestBytes());
  await serve(peer);
  await settle();
  assertEquals(await server.drain(10), 1);
  ends[0]!();
  await peer.closed;
});

Deno.test("Server answers questions about itself", async () => {
  const { serve, retired } = startServer();
  const ask = async (word: string) => {
    const peer = new FakePeer(new TextEncoder().encode(`${word}\n`));
    await serve(peer);
    await peer.closed;
    return peer.answer;
  };
  const { uptimeMs, ...rest } = JSON.parse(await ask("STATUS"));
  assertEquals(uptimeMs > 0, true);
  assertEquals(rest, {
    ...{ buildId: "b1", pid: Deno.pid },
    ...{ running: 0, waiting: 0, maxCalls: 2 },
    calls: [],
    declined: {},
  });
  assertEquals([await ask("RETIRE"), retired()], ["OK\n", 1]);
});
