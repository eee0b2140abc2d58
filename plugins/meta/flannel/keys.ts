import type { PluginKeys } from "../../../lib/plugin/mod.ts";
import {
  DEFAULT_DATA_DIR,
  DEFAULT_SUBNET_FILE,
  parseFlannelConfig,
} from "./config.ts";

/** What flannel may be told. */
export const FLANNEL_KEYS: PluginKeys = {
  keys: {
    subnetFile: {
      type: "string",
      summary: "The file that flanneld writes",
      default: DEFAULT_SUBNET_FILE,
    },
    dataDir: {
      type: "string",
      summary: "Where the delegates' configurations are kept",
      default: DEFAULT_DATA_DIR,
    },
    delegate: {
      type: "object",
      summary: "What the delegate's configuration starts from",
    },
  },
  check: ({ config }) => void parseFlannelConfig(config),
};
