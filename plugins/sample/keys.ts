import type { PluginKeys } from "../../lib/plugin/mod.ts";

/** What sample may be told. */
export const SAMPLE_KEYS: PluginKeys = {
  keys: {
    anotherAwesomeArg: {
      type: "string",
      summary: "A text that must be there",
      isRequired: true,
    },
    myAwesomeFlag: {
      type: "boolean",
      summary: "A switch",
      default: false,
    },
  },
  capabilities: {
    sample: { type: "object", summary: "What the runtime tells sample" },
  },
};
