import { PROBE_TYPES, type RuntimeCase } from "../../runtime/mod.ts";
import { demand } from "../../suite/mod.ts";
import { must, SECTION, should, WITH_GC } from "./clauses.ts";
import { demandCalls, FORWARD } from "./demands.ts";

const [FIRST, MIDDLE, LAST] = PROBE_TYPES;

/** Where a network's configuration comes from. */
export const FILE_CASES: readonly RuntimeCase[] = [
  {
    id: "runtime/single-plugin",
    clause: should(
      `CNI 0.4.0, "Network Configuration"`,
      "A file with one plugin's object is a network of that plugin",
      ["0.3.0", "0.3.1", "0.4.0"],
    ),
    isPerVersion: true,
    async run(stage) {
      const { version: cniVersion, network: name } = stage;
      stage.write("20-single.conf", { cniVersion, name, type: MIDDLE });
      demandCalls(await stage.mustRun("add"), "ADD", [MIDDLE]);
      demandCalls(await stage.mustRun("del"), "DEL", [MIDDLE]);
    },
  },
  {
    id: "runtime/unknown-network",
    clause: must(SECTION.cnitool, "A network that is not there is an error"),
    async run(stage) {
      demandCalls(await stage.mustRun("add"), "ADD", FORWARD);
      const { version: cniVersion, network } = stage;
      stage.write("20-other.conflist", {
        cniVersion,
        name: `${network}-other`,
        plugins: [{ type: FIRST }],
      });
      const { calls } = await stage.mustFail("add");
      demand(calls.length === 0, "A plugin of another network was called");
    },
  },
  {
    id: "runtime/plugins-of-folder",
    clause: should(
      SECTION.objects,
      "Plugins in the folder of the network's name follow those of the list",
      WITH_GC,
    ),
    async run(stage) {
      const { version: cniVersion, network: name } = stage;
      stage.write(`${name}/20-last.conf`, { type: LAST });
      stage.write(`${name}/10-middle.conf`, { type: MIDDLE });
      const plugins = [{ type: FIRST }];
      stage.write("10-list.conflist", { cniVersion, name, plugins });
      demandCalls(await stage.mustRun("add"), "ADD", FORWARD);
    },
  },
  {
    id: "runtime/inlined-only",
    clause: must(
      SECTION.format,
      "With loadOnlyInlinedPlugins plugins from elsewhere are left out",
      WITH_GC,
    ),
    async run(stage) {
      const { network } = stage;
      stage.write(`${network}/10-more.conf`, { type: MIDDLE });
      const plugins = [{ type: FIRST }];
      stage.configure({ loadOnlyInlinedPlugins: true, plugins });
      demandCalls(await stage.mustRun("add"), "ADD", [FIRST]);
    },
  },
];
