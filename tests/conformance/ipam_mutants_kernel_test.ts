import { IPAM_CASES } from "../../conformance/cases/ipam/mod.ts";
import { mutantTest } from "./_mutants.ts";

const ROUTES = [{ dst: "0.0.0.0/0" }, { dst: "198.51.100.0/24" }];
const DNS = { nameservers: ["10.77.0.53"] };

mutantTest({
  family: "ipam",
  cases: IPAM_CASES,
  plugin: "ipam_plugin.ts",
  profile: {
    plugin: "right",
    kind: "ipam",
    config: {
      ipam: { base: "10.77.0", count: 200, routes: ROUTES, dns: DNS },
    },
    promises: ["check-address", "gc", "status"],
    answers: {
      subnets: ["10.77.0.0/24"],
      gateways: ["10.77.0.1"],
      routes: ROUTES,
      dns: DNS,
    },
    pool: {
      config: { ipam: { base: "10.77.1", count: 3 } },
      size: 3,
      reserved: ["10.77.1.0", "10.77.1.1", "10.77.1.255"],
    },
    requests: {
      by: ["CNI_ARGS", "args.cni.ips", "runtimeConfig.ips"],
      address: "10.77.0.77/24",
      other: "10.77.0.88/24",
    },
  },
  faults: {
    "ipam/abbreviated": "interfaces",
    "ipam/addresses": "wrong-length",
    "ipam/gateways": "no-gateway",
    "ipam/routes": "no-routes",
    "ipam/dns": "no-dns",
    "ipam/leaves-links-alone": "adds-address",
    "ipam/no-duplicates": "one-address",
    "ipam/concurrent": "no-lock",
    "ipam/reserved-kept": "gives-gateway",
    "ipam/exhausted": "endless",
    "ipam/exhausted-leaks-nothing": "leaks",
    "ipam/release": "keeps",
    "ipam/release-without-netns": "needs-netns",
    "ipam/second-del": "frees-others",
    "ipam/attachments-apart": "by-container",
    "ipam/check-reservation": "lax-check",
    "ipam/gc": "no-gc",
    "ipam/status-exhausted": "always-ready",
    "ipam/requested-by-cni-args": "ignores-requests",
    "ipam/requested-by-args-cni-ips": "ignores-requests",
    "ipam/requested-by-runtimeconfig-ips": "ignores-requests",
    "ipam/requested-taken": "gives-taken",
    "ipam/args-over-cni-args": "adds-up",
  },
});
