import { runCommand } from "../../lib/linux/mod.ts";
import type { Diagnosis, Section } from "../doctor/diagnosis.ts";
import { examineFirewall } from "../doctor/examine_firewall.ts";
import { examineInstallation } from "../doctor/examine_installation.ts";
import { examineKernel } from "../doctor/examine_kernel.ts";
import { examinePlaces } from "../doctor/examine_places.ts";
import { examineRanges } from "../doctor/examine_ranges.ts";
import { examineResident } from "../doctor/examine_resident.ts";
import { examineTools } from "../doctor/examine_tools.ts";
import { findLeftovers } from "../doctor/find_leftovers.ts";
import { takeInventory } from "../inventory.ts";
import { type Listed, listNetworks } from "../list_networks.ts";
import {
  DAEMON_SOCKET,
  jsonText,
  printable,
  type Style,
  styleFor,
  type Words,
} from "../../terminal/mod.ts";
import { JSON_FLAG } from "../print_plans.ts";
import { askDaemon, SOCKET_FLAG } from "../resident/ask_daemon.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import {
  interruptible,
  openRuntime,
  readPlaces,
  TIMEOUT,
} from "../tool_runtime.ts";

/** `cni tool doctor`. */
export const doctorCommand: ToolCommand = {
  operands: [],
  flags: [SOCKET_FLAG, JSON_FLAG, TIMEOUT],
  description:
    `Looks at tools, kernel, folders, networks and leftovers, says what to do about
what is wrong, and changes nothing. The exit status is 1 if something will not
work.`,
  run: doctor,
};

async function doctor(words: Words, context: ToolContext): Promise<number> {
  const { process } = context;
  const sections = await interruptible(
    words,
    context,
    async (options): Promise<readonly Section[]> => {
      const run = context.run ?? runCommand;
      const places = readPlaces(context);
      const runtime = openRuntime(context);
      const { configFolder } = places;
      const inventory = takeInventory(runtime, configFolder);
      const listed = listNetworks(configFolder, runtime, options);
      const [tools, kernel, networks, ranges, firewall, leftovers, installed] =
        await Promise.all([
          listed.then((networks) =>
            examineTools(run, networks.flatMap(({ plugins }) => plugins))
          ),
          examineKernel(run),
          listed,
          examineRanges(configFolder, context.allPlugins ?? new Map()),
          inventory.then(({ attachments }) =>
            examineFirewall(attachments, run)
          ),
          inventory.then((known) =>
            findLeftovers(known, { run, notesDir: context.notesDir })
          ),
          diagnoseInstallation(words, context),
        ]);
      return [
        { title: "Tools", diagnoses: tools },
        { title: "Kernel", diagnoses: kernel },
        ...(firewall.length === 0
          ? []
          : [{ title: "Firewall", diagnoses: firewall }]),
        ...(installed.length === 0
          ? []
          : [{ title: "Installation", diagnoses: installed }]),
        { title: "Folders", diagnoses: examinePlaces(places) },
        {
          title: "Networks",
          diagnoses: [...networks.flatMap(diagnoseNetwork), ...ranges],
        },
        { title: "Leftovers", diagnoses: leftovers },
      ];
    },
  );
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? `${jsonText({ command: "doctor", sections: toJson(sections) })}\n`
      : sections.map((one) => formatSection(one, styleFor(process)))
        .join("\n"),
  );
  const all = sections.flatMap(({ diagnoses }) => diagnoses);
  return all.some(({ status }) => status === "failure") ? 1 : 0;
}

/** What was installed, and the resident mode; nothing where nothing was. */
async function diagnoseInstallation(
  words: Words,
  context: ToolContext,
): Promise<readonly Diagnosis[]> {
  const { buildId, run = runCommand, registry = new Map() } = context;
  const { pluginFolders } = readPlaces(context);
  const installations = await examineInstallation(pluginFolders, {
    ...{ run, buildId },
    plugins: [...registry.keys()],
  });
  const resident = await examineResident(installations, {
    socket: words.value(SOCKET_FLAG.name) ?? DAEMON_SOCKET,
    buildId,
    ask: context.askDaemon ?? askDaemon,
  });
  return [
    ...installations.flatMap(({ diagnoses }) => diagnoses),
    ...resident,
  ];
}

function diagnoseNetwork(
  { name, file, problems, warnings }: Listed,
): readonly Diagnosis[] {
  const remedy = `cni tool validate ${file}`;
  const found = (status: "failure" | "warning") => (text: string) => ({
    status,
    text: `${name}: ${text}`,
    remedy,
  });
  if (problems.length + warnings.length === 0) {
    return [{ status: "ok", text: name }];
  }
  return [
    ...problems.map(found("failure")),
    ...warnings.map(found("warning")),
  ];
}

function toJson(sections: readonly Section[]) {
  return sections.map(({ title, diagnoses }) => ({
    title,
    diagnoses: diagnoses.map((one) => ({ ...one })),
  }));
}

function formatSection({ title, diagnoses }: Section, style: Style): string {
  const lines = diagnoses.map((one) => formatDiagnosis(one, style));
  return `${style.bold(title)}\n${lines.join("") || "  nothing\n"}`;
}

function formatDiagnosis(
  { status, text, remedy }: Diagnosis,
  style: Style,
): string {
  const marks = {
    ok: style.green("ok  "),
    warning: style.yellow("warn"),
    failure: style.red("FAIL"),
  };
  const hint = remedy === undefined ? "" : `        ${printable(remedy)}\n`;
  return `  ${marks[status]}  ${printable(text)}\n${hint}`;
}
