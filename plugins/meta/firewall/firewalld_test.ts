import { assertEquals } from "@std/assert";
import { CLIENTS, isYes, runningCommand, sourceCommand } from "./firewalld.ts";

const WHERE = { zone: "trusted", source: "10.1.2.3/32" };

function texts(
  commandOf: (client: typeof CLIENTS[number]) => {
    readonly program: string;
    readonly args: readonly string[];
  },
): readonly string[] {
  return CLIENTS.map(commandOf).map(({ program, args }) =>
    [program, ...args].join(" ")
  );
}

Deno.test("runningCommand() asks the bus, which starts nothing", () => {
  assertEquals(texts(runningCommand), [
    "busctl --system call org.freedesktop.DBus /org/freedesktop/DBus " +
    "org.freedesktop.DBus NameHasOwner s org.fedoraproject.FirewallD1",
    "dbus-send --system --print-reply --dest=org.freedesktop.DBus " +
    "/org/freedesktop/DBus org.freedesktop.DBus.NameHasOwner " +
    "string:org.fedoraproject.FirewallD1",
    "firewall-cmd --state",
  ]);
});

Deno.test("sourceCommand() calls what the reference calls", () => {
  const service = "org.fedoraproject.FirewallD1";
  const path = "/org/fedoraproject/FirewallD1";
  assertEquals(texts((client) => sourceCommand(client, "add", WHERE)), [
    `busctl --system call ${service} ${path} ${service}.zone addSource ss ` +
    "trusted 10.1.2.3/32",
    `dbus-send --system --print-reply --dest=${service} ${path} ` +
    `${service}.zone.addSource string:trusted string:10.1.2.3/32`,
    "firewall-cmd --zone=trusted --add-source=10.1.2.3/32",
  ]);
});

Deno.test("isYes() reads each client's answer", () => {
  const yes = [
    "b true\n",
    "method return time=1.2 sender=:1.0\n   boolean true\n",
    "yes\n",
    "running\n",
  ];
  const no = [
    "",
    "b false\n",
    "   boolean false\n",
    "no\n",
    "not running\n",
    's "true"\n',
  ];
  assertEquals(yes.filter((text) => !isYes(text)), []);
  assertEquals(no.filter(isYes), []);
});
