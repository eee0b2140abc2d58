import { isJsonObject, type JsonObject } from "../../../lib/spec/mod.ts";
import {
  PROBE_TYPES,
  type ProbeCall,
  type RuntimeCase,
  type RuntimeStage,
} from "../../runtime/mod.ts";
import { demand } from "../../suite/mod.ts";
import { must, SECTION, WITH_GC } from "./clauses.ts";
import { isSame, show } from "./demands.ts";

const [FIRST, MIDDLE, LAST] = PROBE_TYPES;

/** Values of a caller for capabilities. */
const CAPABILITY_ARGS = {
  portMappings: [{ hostPort: 8080, containerPort: 80, protocol: "tcp" }],
  mac: "02:11:22:33:44:55",
  aliases: { "probe-net": ["a", "b"] },
};

/** The configuration that plugins get on stdin. */
export const REQUEST_CASES: readonly RuntimeCase[] = [
  {
    id: "runtime/one-object",
    clause: must(SECTION.adding, "stdin is one JSON object"),
    async run(stage) {
      for (const verb of ["add", "del"] as const) {
        for (const { type, command, stdin } of await callsOf(stage, verb)) {
          demand(
            isObject(stdin),
            `stdin of ${type} at ${command} is not one JSON object`,
          );
        }
      }
    },
  },
  {
    id: "runtime/name",
    clause: must(
      SECTION.deriving,
      "name is that of the network, whatever the plugin's object says",
    ),
    async run(stage) {
      stage.configure({}, { [MIDDLE]: { name: "another" } });
      await demandKey(stage, "name", stage.network);
    },
  },
  {
    id: "runtime/version",
    clause: must(
      SECTION.deriving,
      "cniVersion is that of the network, whatever the plugin's object says",
    ),
    isPerVersion: true,
    async run(stage) {
      stage.configure({}, { [MIDDLE]: { cniVersion: "0.1.0" } });
      await demandKey(stage, "cniVersion", stage.version);
    },
  },
  {
    id: "runtime/highest-version",
    clause: must(
      SECTION.versions,
      "Of cniVersion and cniVersions the highest that the runtime knows counts",
      WITH_GC,
    ),
    async run(stage) {
      const cniVersions = ["0.4.0", "1.0.0", "1.1.0"];
      stage.configure({ cniVersion: "0.3.1", cniVersions });
      await demandKey(stage, "cniVersion", "1.1.0");
      stage.configure({ cniVersion: "1.0.0", cniVersions: ["0.4.0"] });
      await demandKey(stage, "cniVersion", "1.0.0");
    },
  },
  {
    id: "runtime/other-keys",
    clause: must(
      SECTION.objects,
      "All other keys of a plugin's object reach it as they are",
    ),
    async run(stage) {
      stage.configure({ notForPlugins: true }, { [MIDDLE]: OTHER_KEYS });
      const calls = await callsOf(stage, "add");
      const config = calls.find(({ type }) => type === MIDDLE)?.config ?? {};
      for (const [key, value] of Object.entries(OTHER_KEYS)) {
        demand(
          isSame(config[key], value),
          `${key} is ${show(config[key])}: expected ${show(value)}`,
        );
      }
    },
  },
  {
    id: "runtime/no-capabilities",
    clause: must(
      SECTION.deriving,
      "capabilities is not passed to plugins at ADD, DEL and CHECK",
    ),
    async run(stage) {
      stage.configure({}, { [MIDDLE]: { capabilities: { mac: true } } });
      await demandKey(stage, "capabilities", undefined);
    },
  },
  {
    id: "runtime/runtime-config",
    clause: must(
      SECTION.runtimeConfig,
      "runtimeConfig has the values for the capabilities that the plugin " +
        "declares, and no others",
    ),
    isPerVersion: true,
    async run(stage) {
      const capabilities = { portMappings: true, mac: false, ips: true };
      stage.configure({}, {
        [MIDDLE]: { capabilities },
        [LAST]: { capabilities: { mac: true, aliases: true } },
      });
      const env = { CAP_ARGS: JSON.stringify(CAPABILITY_ARGS) };
      const { portMappings, mac, aliases } = CAPABILITY_ARGS;
      const expected: Readonly<Record<string, JsonObject>> = {
        [FIRST]: {},
        [MIDDLE]: { portMappings },
        [LAST]: { mac, aliases },
      };
      for (const verb of ["add", "del"] as const) {
        for (
          const { type, command, config } of await callsOf(stage, verb, env)
        ) {
          const value = config.runtimeConfig ?? {};
          demand(
            isSame(value, expected[type]),
            `runtimeConfig of ${type} at ${command} is ${show(value)}: ` +
              `expected ${show(expected[type])}`,
          );
        }
      }
    },
  },
  {
    id: "runtime/valid-attachments",
    clause: must(
      SECTION.gc,
      "GC has cni.dev/valid-attachments, a list of containerID and ifname",
      WITH_GC,
    ),
    async run(stage) {
      const calls = await callsOf(stage, "gc");
      for (const { type, command, config } of calls) {
        if (command !== "GC") continue;
        const list = config["cni.dev/valid-attachments"];
        demand(
          Array.isArray(list) && list.every(isAttachment),
          `cni.dev/valid-attachments of ${type} is ${show(list)}`,
        );
      }
    },
  },
];

/** Keys of every kind that JSON has, at several depths. */
const OTHER_KEYS: JsonObject = {
  text: 'ü "quoted" <tag> & \\ \u2028',
  number: 1234567890123,
  fraction: 0.5,
  yes: true,
  nothing: null,
  empty: [],
  nested: { list: [{ a: [1, [2]] }, "b"], object: {} },
  dns: { nameservers: ["192.0.2.7"] },
  ipam: { type: "probe-a", subnet: "192.0.2.0/24" },
};

function isObject(text: string): boolean {
  try {
    return isJsonObject(JSON.parse(text));
  } catch {
    return false;
  }
}

function isAttachment(value: unknown): boolean {
  return isJsonObject(value) && typeof value.containerID === "string" &&
    typeof value.ifname === "string";
}

/** The calls of a run, of which there must be any. */
async function callsOf(
  stage: RuntimeStage,
  verb: "add" | "del" | "gc",
  env: Readonly<Record<string, string>> = {},
): Promise<readonly ProbeCall[]> {
  const { calls } = await stage.mustRun(verb, env);
  demand(calls.length > 0, `"${verb}" called no plugin`);
  return calls;
}

/** Sees to it that all plugins get the same value at ADD and DEL. */
async function demandKey(
  stage: RuntimeStage,
  key: string,
  value: string | undefined,
): Promise<void> {
  for (const verb of ["add", "del"] as const) {
    for (const { type, command, config } of await callsOf(stage, verb)) {
      demand(
        isSame(config[key], value),
        `${key} of ${type} at ${command} is ${show(config[key])}: expected ` +
          show(value),
      );
    }
  }
}
