import { CHAINED_CASES } from "../../conformance/cases/chained/mod.ts";
import { mutantTest } from "./_mutants.ts";

mutantTest({
  family: "chained",
  cases: CHAINED_CASES,
  plugin: "chained_plugin.ts",
  profile: {
    plugin: "right",
    kind: "chained",
    config: {},
    promises: [],
    effects: [{
      what: "policy rule for the address",
      place: "host",
      look: "ip rule show",
      shows: "from {address4} lookup 77",
      tamper: "ip rule del from {address4} lookup 77",
    }],
  },
  faults: {
    "chained/passes-on": "drops-dns",
    "chained/any-order": "sorts",
    "chained/newer-keys": "drops-newer",
    "chained/states-changes": "changes-mac",
    "chained/others-untouched": "touches-others",
    "chained/needs-prev-result": "needs-none",
    "chained/check-needs-prev-result": "lax-check",
    "chained/del-without-prev-result": "needs-prev-result",
    "chained/effect": "no-effect",
    "chained/effect-undone": "keeps-effect",
    "chained/check-effect": "lax-check",
    "chained/del-of-another": "removes-all",
    "chained/concurrent": "one-at-a-time",
  },
});
