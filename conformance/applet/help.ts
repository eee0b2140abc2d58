import { FAMILIES } from "../suite/mod.ts";
import { flagRows } from "../../terminal/mod.ts";
import { FLAGS } from "./flags.ts";

/** What stands under each error of the command line. */
export const SEE_HELP = "Run 'cni conformance --help' for usage.\n";

/** The help of the applet. */
export function conformanceHelp(): string {
  return `Put CNI plugins and runtimes to the test, clause by clause of the specification.

The plugins are called as a runtime does, each case on a host of its own: in
network and mount namespaces that are gone afterwards. This machine's network
and /var/lib/cni are not touched. Needs root.

Usage:
  cni conformance --plugin-dir DIR [flags]
  cni conformance --plugin-dir DIR --against DIR [flags]
  cni conformance --runtime CMD [flags]
  cni conformance --list [--family NAME]

Flags:
${flagRows(FLAGS)}
Families: ${FAMILIES.join(", ")}

Exit status: 0 if every MUST is kept, 1 if not, 2 if it cannot be tried.
`;
}
