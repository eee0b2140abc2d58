import { type Verb, VERBS } from "./verb.ts";

/** What each verb does, in a line. */
const SUMMARIES: Readonly<Record<Verb, string>> = {
  add: "Attach a network namespace to a network and print the result",
  check: "Verify that an attachment is as add left it",
  del: "Detach a network namespace from a network",
  gc: "Remove every attachment to a network, and what was left of others",
  status: "Tell whether a network could serve an add",
};

/** What there is to know of a verb beyond its summary. */
const DESCRIPTIONS: Readonly<Record<Verb, string>> = {
  add: `The plugins of the network are called in order. If one of them fails,
those before it are undone.`,
  check: `The plugins of the network compare what they find with the result that
add kept. It needs a network of version 0.4.0 or newer.`,
  del: `The plugins of the network are called in reverse order. It succeeds if
there is nothing left to detach, so that it can be repeated.`,
  gc:
    `All attachments are taken for stale: those that are still in use lose their
network too. The namespace must be given, but does not matter.`,
  status:
    `It needs a network of version 1.1.0; others succeed without being asked.
The namespace must be given, but does not matter.`,
};

/** What applies to every command. */
const ENVIRONMENT = `Environment:
  NETCONFPATH   folder of the network configurations (/etc/cni/net.d)
  CNI_PATH      folders to look for plugins in, separated by ":"
  CNI_ARGS      arguments for the plugins: K=V;K2=V2
  CAP_ARGS      values for capabilities, as a JSON object
  CNI_IFNAME    name of the interface in the namespace (eth0)
`;

const FLAGS = `Flags:
  -i, --ifname NAME   name of the interface in the namespace
  -h, --help          show this help
`;

/** The line that says how a verb is used. */
export function usageLine(verb: Verb): string {
  return `Usage:\n  cnitool ${verb} <network> <netns> [flags]\n`;
}

/** The usage of a verb, as it is shown after a mistake. */
export function verbUsage(verb: Verb): string {
  return `${usageLine(verb)}\n${FLAGS}`;
}

/** The help of a verb. */
export function verbHelp(verb: Verb): string {
  return `${SUMMARIES[verb]}.

${DESCRIPTIONS[verb]}

${usageLine(verb)}
  <network>   name of the network: "name" in its configuration
  <netns>     path of the network namespace, such as /run/netns/blue

${FLAGS}
${ENVIRONMENT}`;
}

/** The help of the tool. */
export function toolHelp(): string {
  const commands = VERBS.map((verb) =>
    `  ${verb.padEnd(8)}${SUMMARIES[verb]}\n`
  );
  return `Attach network namespaces to CNI networks, and detach them.

Usage:
  cnitool <command> <network> <netns> [flags]

Commands:
${commands.join("")}  help    Show the help of a command

${FLAGS}      --version       show the version

${ENVIRONMENT}
Run 'cnitool <command> --help' for more about a command.
`;
}
