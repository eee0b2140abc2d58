import { parseAddress } from "../lib/net/mod.ts";
import type { JsonObject } from "../lib/spec/mod.ts";
import { UsageError } from "../terminal/mod.ts";

/**
 * Reads a port mapping, `[HOST_IP:]HOST_PORT:PORT[/PROTOCOL]`, as an entry of
 * the capability `portMappings`. An IPv6 address stands in brackets.
 *
 * @throws {UsageError} If it has another form.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parsePort("127.0.0.1:8080:80/udp"), {
 *   hostPort: 8080,
 *   containerPort: 80,
 *   protocol: "udp",
 *   hostIP: "127.0.0.1",
 * });
 * ```
 */
export function parsePort(text: string): JsonObject {
  const form = /^(?:(\[[^\]]+\]|[^:[\]]+):)?(\d+):(\d+)(?:\/(tcp|udp|sctp))?$/;
  const match = form.exec(text);
  if (match === null) throw refusal(text, "[IP:]HOST_PORT:PORT[/tcp|udp|sctp]");
  const [, host, hostPort, containerPort, protocol = "tcp"] = match;
  const ports = [hostPort, containerPort].map(Number);
  if (ports.some((port) => port < 1 || port > 65535)) {
    throw refusal(text, "ports from 1 to 65535");
  }
  return {
    hostPort: Number(hostPort),
    containerPort: Number(containerPort),
    protocol,
    ...(host === undefined ? {} : { hostIP: readHost(text, host) }),
  };
}

function readHost(text: string, host: string): string {
  const address = host.replace(/^\[(.*)\]$/, "$1");
  try {
    parseAddress(address);
    return address;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refusal(text, "an address before the ports");
  }
}

function refusal(text: string, expected: string): UsageError {
  return new UsageError(
    `--port is ${JSON.stringify(text)}: expected ${expected}`,
  );
}
