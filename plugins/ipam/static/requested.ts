import {
  type Address,
  type Cidr,
  cidrContains,
  compareAddresses,
  formatAddress,
  formatCidr,
} from "../../../lib/net/mod.ts";
import { parseCniArgs } from "../../../lib/spec/mod.ts";
import {
  gatewayAt,
  hostAt,
  KNOWN,
  type Place,
  placeInArgs,
  refused,
  refuseOwnGateway,
} from "./place.ts";

/** An address, where it stands, and the gateway that goes with it. */
export interface StaticAddress extends Place {
  readonly cidr: Cidr;
  readonly gateway?: Address;
}

/** What `CNI_ARGS` asks for. */
export interface Requested {
  /** Of the pair `IP`; without gateways yet. */
  readonly addresses: readonly StaticAddress[];
  /** Of the pair `GATEWAY`. */
  readonly gateways: readonly Address[];
}

const GATEWAY_PLACE = placeInArgs("GATEWAY");

/**
 * Reads `IP` and `GATEWAY` of `CNI_ARGS`, each a list parted by commas, with
 * or without blanks.
 *
 * @throws {CniError} Code 4.
 */
export function readCniArgs(cniArgs: string): Requested {
  const { IP = "", GATEWAY = "" } = parseCniArgs(cniArgs, ["IP", "GATEWAY"]);
  const place = { ...placeInArgs("IP"), known: KNOWN.ip };
  return {
    addresses: partsOf(IP)
      .map((text) => ({ ...place, cidr: hostAt(place, text) })),
    gateways: partsOf(GATEWAY).map((text) => gatewayAt(GATEWAY_PLACE, text)),
  };
}

/**
 * Puts what is configured and what is requested together. A gateway goes to
 * the requested addresses whose subnet it is in, or, if there is none, to the
 * configured ones that have no gateway yet.
 *
 * @throws {CniError} Code 4 for a gateway that fits nowhere, or two that fit
 * one address.
 */
export function joinRequested(
  configured: readonly StaticAddress[],
  { addresses, gateways }: Requested,
): readonly StaticAddress[] {
  const given = new Map<StaticAddress, Address>();
  const open = configured.filter(({ gateway }) => gateway === undefined);
  for (const gateway of gateways) {
    const isNear = ({ cidr }: StaticAddress) => cidrContains(cidr, gateway);
    const near = addresses.filter(isNear);
    const takers = near.length > 0 ? near : open.filter(isNear);
    if (takers.length === 0) {
      const expected = "an address in the subnet of one that IP names";
      throw refused(GATEWAY_PLACE, formatAddress(gateway), expected);
    }
    for (const taker of takers) {
      refuseSecond(taker, given.get(taker), gateway);
      refuseOwnGateway(GATEWAY_PLACE, taker.cidr, gateway);
      given.set(taker, gateway);
    }
  }
  return [...configured, ...addresses].map((address) => {
    const gateway = given.get(address);
    return gateway === undefined ? address : { ...address, gateway };
  });
}

function refuseSecond(
  { cidr }: StaticAddress,
  first: Address | undefined,
  second: Address,
): void {
  if (first === undefined || compareAddresses(first, second) === 0) return;
  const expected = `one gateway for ${formatCidr(cidr)}, which has ` +
    `${formatAddress(first)} already`;
  throw refused(GATEWAY_PLACE, formatAddress(second), expected);
}

function partsOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(",").map((part) => part.trim());
}
