import type { Json } from "../../lib/spec/mod.ts";
import bandwidthProfile from "./bandwidth.json" with { type: "json" };
import bridgeProfile from "./bridge.json" with { type: "json" };
import dummyProfile from "./dummy.json" with { type: "json" };
import firewallProfile from "./firewall.json" with { type: "json" };
import flannelProfile from "./flannel.json" with { type: "json" };
import hostDeviceProfile from "./host-device.json" with { type: "json" };
import hostLocalProfile from "./host-local.json" with { type: "json" };
import ipvlanProfile from "./ipvlan.json" with { type: "json" };
import loopbackProfile from "./loopback.json" with { type: "json" };
import macvlanProfile from "./macvlan.json" with { type: "json" };
import portmapProfile from "./portmap.json" with { type: "json" };
import ptpProfile from "./ptp.json" with { type: "json" };
import sampleProfile from "./sample.json" with { type: "json" };
import sbrProfile from "./sbr.json" with { type: "json" };
import staticProfile from "./static.json" with { type: "json" };
import tapProfile from "./tap.json" with { type: "json" };
import tuningProfile from "./tuning.json" with { type: "json" };
import vlanProfile from "./vlan.json" with { type: "json" };
import vrfProfile from "./vrf.json" with { type: "json" };

/** The profiles that come with the suite, as their files have them. */
export const SHIPPED: readonly Json[] = [
  bandwidthProfile,
  bridgeProfile,
  dummyProfile,
  firewallProfile,
  flannelProfile,
  hostDeviceProfile,
  hostLocalProfile,
  ipvlanProfile,
  loopbackProfile,
  macvlanProfile,
  portmapProfile,
  ptpProfile,
  sampleProfile,
  sbrProfile,
  staticProfile,
  tapProfile,
  tuningProfile,
  vlanProfile,
  vrfProfile,
];
