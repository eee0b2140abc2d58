import type { CommandEntry } from "./tool_command.ts";

/** The commands of `cni tool`, in the order of its help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "add",
    summary: "Attach a network namespace to networks",
    load: async () => (await import("./commands/add_command.ts")).addCommand,
  },
  {
    name: "check",
    summary: "Verify that attachments are as add left them",
    load: async () =>
      (await import("./commands/check_command.ts")).checkCommand,
  },
  {
    name: "del",
    summary: "Detach a network namespace from networks",
    load: async () => (await import("./commands/del_command.ts")).delCommand,
  },
  {
    name: "gc",
    summary: "Remove what is left of attachments that are gone",
    load: async () => (await import("./commands/gc_command.ts")).gcCommand,
  },
  {
    name: "status",
    summary: "Tell whether networks could serve an add",
    load: async () =>
      (await import("./commands/status_command.ts")).statusCommand,
  },
  {
    name: "list",
    summary: "List the networks, their plugins and what is wrong with them",
    load: async () => (await import("./commands/list_command.ts")).listCommand,
  },
  {
    name: "ps",
    summary: "List the attachments, and addresses that nobody seems to use",
    load: async () => (await import("./commands/ps_command.ts")).psCommand,
  },
  {
    name: "validate",
    summary: "Check configuration files, key by key",
    load: async () =>
      (await import("./commands/validate_command.ts")).validateCommand,
  },
  {
    name: "doctor",
    summary: "Look for what is missing on this host, and for leftovers",
    load: async () =>
      (await import("./commands/doctor_command.ts")).doctorCommand,
  },
  {
    name: "completion",
    summary: "Print what makes a shell complete command lines",
    load: async () =>
      (await import("./commands/completion_command.ts")).completionCommand,
  },
  {
    name: "complete",
    summary: "Complete a command line",
    isHidden: true,
    load: async () =>
      (await import("./commands/complete_command.ts")).completeCommand,
  },
];
