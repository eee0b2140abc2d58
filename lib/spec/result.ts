/**
 * The result of an ADD in the shape of the newest specification (CNI 1.1.0,
 * section 5, "Success"). It is the one type used inside; other versions exist
 * only where results are read and written.
 */
export interface Result {
  /** Interfaces that the attachment made or uses, in the host and the sandbox. */
  readonly interfaces?: readonly Interface[];
  /** Addresses, each with the interface that it belongs to. */
  readonly ips?: readonly IpConfig[];
  /** Routes in the sandbox. */
  readonly routes?: readonly Route[];
  /** Name resolution in the sandbox. */
  readonly dns?: Dns;
}

/** An interface in a {@linkcode Result}. */
export interface Interface {
  /** The link's name in its namespace. */
  readonly name: string;
  /** Hardware address, as in `0a:58:0a:00:00:02`. */
  readonly mac?: string;
  /** Maximum transmission unit in bytes. */
  readonly mtu?: number;
  /** Path of the network namespace; absent for one of the host. */
  readonly sandbox?: string;
  /** Path of a socket that stands for the interface (vhost-user and the like). */
  readonly socketPath?: string;
  /** PCI address of the device. */
  readonly pciID?: string;
}

/** An address in a {@linkcode Result}. */
export interface IpConfig {
  /** Address and prefix length, host bits kept: `10.1.2.3/24`. */
  readonly address: string;
  /** The default gateway for this subnet. */
  readonly gateway?: string;
  /** Index into `interfaces`; an IPAM plugin leaves it out. */
  readonly interface?: number;
}

/** A route in a {@linkcode Result}. */
export interface Route {
  /** Destination in CIDR notation. */
  readonly dst: string;
  /** Next hop; absent means the gateway of the address of the same family. */
  readonly gw?: string;
  /** Path MTU in bytes. */
  readonly mtu?: number;
  /** Maximum segment size to advertise, in bytes. */
  readonly advmss?: number;
  /** Metric: a lower number is preferred. */
  readonly priority?: number;
  /** Routing table number; absent means the main table. */
  readonly table?: number;
  /** Scope as the kernel numbers it: 0 global, 253 link, 254 host. */
  readonly scope?: number;
}

/** Name resolution in a {@linkcode Result} or a configuration. */
export interface Dns {
  /** Addresses of name servers, the preferred one first. */
  readonly nameservers?: readonly string[];
  /** The local domain. */
  readonly domain?: string;
  /** Domains to complete short names with, in order. */
  readonly search?: readonly string[];
  /** Options of the resolver, as in resolv.conf: `ndots:5`. */
  readonly options?: readonly string[];
}
