import type { Command } from "../../../lib/linux/mod.ts";

/** The programs that can talk to firewalld, the fastest first. */
export const CLIENTS = ["busctl", "dbus-send", "firewall-cmd"] as const;

/** A program that can talk to firewalld. */
export type Client = typeof CLIENTS[number];

/** What can be done with an address, as a source of a zone. */
export type SourceAct = "add" | "remove" | "query";

const SERVICE = "org.fedoraproject.FirewallD1";
const PATH = "/org/fedoraproject/FirewallD1";
const BUS = "org.freedesktop.DBus";
const BUS_PATH = "/org/freedesktop/DBus";

/** The command that asks whether firewalld runs, without starting it. */
export function runningCommand(client: Client): Command {
  const method = "NameHasOwner";
  switch (client) {
    case "busctl":
      return {
        program: client,
        args: ["--system", "call", BUS, BUS_PATH, BUS, method, "s", SERVICE],
      };
    case "dbus-send":
      return {
        program: client,
        args: [
          ...["--system", "--print-reply", `--dest=${BUS}`, BUS_PATH],
          ...[`${BUS}.${method}`, `string:${SERVICE}`],
        ],
      };
    case "firewall-cmd":
      return { program: client, args: ["--state"] };
  }
}

/** The command that does something with a source of a zone. */
export function sourceCommand(
  client: Client,
  act: SourceAct,
  { zone, source }: { readonly zone: string; readonly source: string },
): Command {
  const method = `${act}Source`;
  const face = `${SERVICE}.zone`;
  switch (client) {
    case "busctl":
      return {
        program: client,
        args: [
          ...["--system", "call", SERVICE, PATH, face, method],
          ...["ss", zone, source],
        ],
      };
    case "dbus-send":
      return {
        program: client,
        args: [
          ...["--system", "--print-reply", `--dest=${SERVICE}`, PATH],
          ...[`${face}.${method}`, `string:${zone}`, `string:${source}`],
        ],
      };
    case "firewall-cmd":
      return {
        program: client,
        args: [`--zone=${zone}`, `--${act}-source=${source}`],
      };
  }
}

/** Whether a client has printed "yes", each in its own way. */
export function isYes(stdout: string): boolean {
  return /^(b|\s*boolean) true$|^yes$|^running$/m.test(stdout);
}

/**
 * The script that looks for firewalld without starting anything: is there a bus,
 * a client, and firewalld itself? It prints the client's name.
 *
 * @param isAsked Whether the configuration asks for firewalld: then it need not
 * be found on this file system.
 */
export function searchScript(isAsked: boolean): string {
  return `${SOCKET}${isAsked ? "" : INSTALLED}for one in ${CLIENTS.join(" ")}
do command -v $one >/dev/null && { echo $one; exit; }
done
`;
}

/** Ends the script if the bus has a socket, and that is not there. */
const SOCKET = `address=\${DBUS_SYSTEM_BUS_ADDRESS:-}
case $address in
'') socket=/run/dbus/system_bus_socket ;;
unix:path=*) socket=\${address#unix:path=}; socket=\${socket%%[,;]*} ;;
*) socket= ;;
esac
[ -z "$socket" ] || [ -S "$socket" ] || exit 0
`;

/** firewalld may not take its name on the bus without one of these policies. */
const INSTALLED = `[ -e /usr/share/dbus-1/system.d/FirewallD.conf ] ||
[ -e /etc/dbus-1/system.d/FirewallD.conf ] ||
command -v firewalld >/dev/null || command -v firewall-cmd >/dev/null || exit 0
`;
