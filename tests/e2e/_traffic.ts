import type { Host, Netns } from "./_host.ts";

/** A socket that answers, or is asked. */
export interface Socket {
  readonly transport: "tcp" | "udp";
  readonly hostname: string;
  readonly port: number;
}

/**
 * Starts servers in a network namespace, which end with the test. Each answers
 * what it is asked with its name and the address that asked.
 *
 * @param name What tells these servers from others.
 * @returns When all of them listen.
 */
export async function serve(
  host: Host,
  netns: Netns,
  { name, sockets }: { name: string; sockets: readonly Socket[] },
): Promise<void> {
  const child = new Deno.Command("nsenter", {
    args: [`--net=${netns.path}`, "--", ...DENO, server(name, sockets)],
    stdout: "piped",
  }).spawn();
  host.defer(async () => {
    child.kill();
    await child.status;
    await reader.cancel();
  });
  const reader = child.stdout.getReader();
  const { value = new Uint8Array() } = await reader.read();
  const text = new TextDecoder().decode(value);
  if (text !== "ready\n") throw new Error(`The servers say: ${text}`);
}

/** What {@linkcode ask} may be told besides the socket. */
export interface AskOptions {
  /** The port that it asks from; any if absent. UDP only. */
  readonly sourcePort?: number;
  /** For how long it asks again; ten seconds if absent. */
  readonly patienceMs?: number;
}

/**
 * Asks a server from a network namespace.
 *
 * @returns The answer, such as `one 10.0.0.1`; empty if there is none.
 */
export async function ask(
  from: Netns,
  socket: Socket,
  { sourcePort = 0, patienceMs = 10_000 }: AskOptions = {},
): Promise<string> {
  const asked = { ...socket, sourcePort, patienceMs };
  return await from.must([...DENO, client(asked)]);
}

/** As {@linkcode ask}, where nobody is expected to answer. */
export function askInVain(
  from: Netns,
  socket: Socket,
  options: AskOptions = {},
): Promise<string> {
  return ask(from, socket, { patienceMs: 600, ...options });
}

/** What {@linkcode keepAsking} has started; it ends with the test. */
export interface Asker {
  /**
   * Waits until an answer begins with a server's name.
   *
   * @param patienceMs For how long; `false` if there was none by then.
   */
  hears(name: string, patienceMs: number): Promise<boolean>;
}

/** Asks a server by UDP every three milliseconds, from one port. */
export function keepAsking(
  host: Host,
  from: Netns,
  socket: Socket & { readonly sourcePort: number },
): Asker {
  const child = new Deno.Command("nsenter", {
    args: [`--net=${from.path}`, "--", ...DENO, keenClient(socket)],
    stdout: "piped",
  }).spawn();
  const waiting = new Set<(name: string) => void>();
  const read = (async () => {
    const lines = child.stdout.pipeThrough(new TextDecoderStream());
    for await (const text of lines) {
      const name = text.trim().split("\n").at(-1) ?? "";
      for (const hear of waiting) hear(name);
    }
  })();
  host.defer(async () => {
    child.kill();
    await child.status;
    await read;
  });
  return {
    hears: (name, patienceMs) =>
      new Promise((resolve) => {
        const end = (isHeard: boolean) => {
          clearTimeout(timer);
          waiting.delete(hear);
          resolve(isHeard);
        };
        const hear = (heard: string) => heard === name && end(true);
        const timer = setTimeout(() => end(false), patienceMs);
        waiting.add(hear);
      }),
  };
}

const DENO = [Deno.execPath(), "eval", "--quiet", "--unstable-net"];

function server(name: string, sockets: readonly Socket[]): string {
  return `
const name = ${JSON.stringify(name)};
const encode = (text) => new TextEncoder().encode(text);
async function answerTcp(listener) {
  for await (const connection of listener) {
    await connection.write(encode(name + " " + connection.remoteAddr.hostname));
    connection.close();
  }
}
async function answerUdp(listener) {
  for await (const [, from] of listener) {
    // An ICMP error for an answer is nothing to die of.
    await listener.send(encode(name + " " + from.hostname), from).catch(() => {});
  }
}
for (const { transport, ...address } of ${JSON.stringify(sockets)}) {
  if (transport === "tcp") answerTcp(Deno.listen(address));
  else answerUdp(Deno.listenDatagram({ transport, ...address }));
}
console.log("ready");
`;
}

function client(
  asked: Socket & { sourcePort: number; patienceMs: number },
): string {
  return `
const { transport, hostname, port, sourcePort, patienceMs } =
  ${JSON.stringify(asked)};
const decode = (bytes) => new TextDecoder().decode(bytes);
const print = (bytes) => {
  Deno.stdout.writeSync(bytes);
  Deno.exit(0);
};
setTimeout(() => Deno.exit(0), patienceMs);
const pause = () => new Promise((done) => setTimeout(done, 150));
async function askTcp() {
  for (;;) {
    try {
      const connection = await Deno.connect({ hostname, port });
      const bytes = new Uint8Array(99);
      const count = await connection.read(bytes);
      if (count) print(bytes.subarray(0, count));
    } catch {
      await pause();
    }
  }
}
async function askUdp() {
  const any = hostname.includes(":") ? "::" : "0.0.0.0";
  const socket = Deno.listenDatagram({
    transport,
    hostname: any,
    port: sourcePort,
  });
  const read = async () => {
    for (;;) {
      try {
        const [bytes] = await socket.receive();
        print(bytes);
      } catch {
        await pause();
      }
    }
  };
  read();
  for (;;) {
    await socket.send(new TextEncoder().encode("?"), {
      transport,
      hostname,
      port,
    }).catch(() => {});
    await pause();
  }
}
await (transport === "tcp" ? askTcp() : askUdp());
`;
}

function keenClient(
  asked: Socket & { readonly sourcePort: number },
): string {
  return `
const { transport, hostname, port, sourcePort } = ${JSON.stringify(asked)};
const any = hostname.includes(":") ? "::" : "0.0.0.0";
const socket = Deno.listenDatagram({ transport, hostname: any, port: sourcePort });
async function read() {
  for (;;) {
    try {
      const [bytes] = await socket.receive();
      console.log(new TextDecoder().decode(bytes).split(" ")[0]);
    } catch {
      // An ICMP error is no answer.
    }
  }
}
read();
setInterval(() => {
  const question = new TextEncoder().encode("?");
  socket.send(question, { transport, hostname, port }).catch(() => {});
}, 3);
`;
}
