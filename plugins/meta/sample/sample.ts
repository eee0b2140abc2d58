import {
  booleanKey,
  definePlugin,
  objectKey,
  type Plugin,
  readKeys,
  readRuntimeConfig,
  type Request,
  stringKey,
} from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  type JsonObject,
  type PluginConfig,
  prevResultOf,
  type Result,
} from "../../../lib/spec/mod.ts";

/**
 * The plugin's own keys, each defined once: they are read by this table, and
 * `cni tool validate`, the schema and docs are made from it. Reading throws code
 * 7, with key, value and remedy, for what will not do.
 */
const SAMPLE_KEYS = {
  anotherAwesomeArg: stringKey({
    description:
      "A text that must be there. It is read, and refused when empty",
    isRequired: true,
    missing: {
      message: "anotherAwesomeArg must be specified",
      details: 'give it a text, such as "anotherAwesomeArg": "hello"',
    },
  }),
  myAwesomeFlag: booleanKey({
    description: "A switch, which is read",
    default: false,
  }),
};

/** What the runtime adds if the configuration lists the capability `sample`. */
const SAMPLE_CAPABILITIES = {
  sample: objectKey({ description: "What a runtime adds, which is read" }),
};

/**
 * A chained plugin: it comes after others in a list and passes on, perhaps
 * changed, what they have returned. It changes nothing itself. Copy this
 * folder, rename what is called sample, put your work at the marked places and
 * a line into `plugins/mod.ts`. See `docs/plugins/sample.md`.
 */
export const sample: Plugin = definePlugin({
  // The file's name in CNI_PATH, and `type` in a configuration. Without
  // `versions` it speaks every version: results are converted for you.
  name: "sample",
  // Whatever is thrown, now or later, becomes the error object on stdout.
  add: (request) => Promise.try(add, request),
  check: (request) => Promise.try(check, request),
  del: (request) => Promise.try(del, request),
  // May an ADD be sent? `gc` is left out: nothing is kept, so none is stale.
  status: (request) => Promise.try(status, request),
  // What validation, the schema and docs are made from, and what an ADD of
  // this request would be refused for.
  settings: {
    role: "meta",
    keys: SAMPLE_KEYS,
    capabilities: SAMPLE_CAPABILITIES,
    check: add,
  },
});

/** The configuration, checked. Everything after works with this alone. */
interface SampleConfig {
  readonly anotherAwesomeArg: string;
  readonly myAwesomeFlag: boolean;
  readonly capability: JsonObject | undefined;
}

function parseSampleConfig({ fields }: PluginConfig): SampleConfig {
  const { sample } = readRuntimeConfig(fields, SAMPLE_CAPABILITIES);
  return { ...readKeys(fields, SAMPLE_KEYS), capability: sample };
}

function add({ config }: Request): Result {
  parseSampleConfig(config);
  const prevResult = requirePrevResult(config);
  // Your work comes here: after all that can be wrong has been found, and with
  // everything taken back if it fails half-way. The request has `containerId`,
  // `netns` and `ifname` besides.
  return prevResult;
}

function check({ config }: Request): void {
  parseSampleConfig(config);
  // Compare here what you find with what your `add` has returned.
  requirePrevResult(config);
}

function del(_request: Request): void {
  // Take back here what `add` has done, and succeed if it is gone already. Read
  // no more of the configuration than that needs: a container must not get
  // stuck over a key that was changed for the worse.
}

function status({ config }: Request): void {
  parseSampleConfig(config);
}

function requirePrevResult(config: PluginConfig): Result {
  const prevResult = prevResultOf(config);
  if (prevResult === undefined) {
    const message = "must be called as chained plugin";
    throw new CniError(CniCode.InvalidConfig, message, {
      details: "there is no prevResult: put sample after another plugin",
    });
  }
  if (!prevResult.ips?.length) {
    throw new CniError(CniCode.InvalidConfig, "got no container IPs", {
      details: "prevResult has no ips: give the plugin before sample an ipam",
    });
  }
  return prevResult;
}
